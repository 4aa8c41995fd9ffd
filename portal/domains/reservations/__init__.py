"""Reservations: who has which place when, from the first click to the day itself.

Owns holds and reservations. Promises: an overlap, or more than a resource has, cannot be stored, even by buggy code
(the database refuses it); a hold for four owns four units or none; whoever claims gets an answer within a bound; a hold
ends by itself when its time is over, unless an order has it, and nothing has to run for that.
"""

from portal.domains.reservations.asking import Asked, asked, has_since, with_room
from portal.domains.reservations.availability import Day, Slot, day_states, slots
from portal.domains.reservations.behind import Behind, Room
from portal.domains.reservations.errors import (
    AlreadyYours,
    BookedMeanwhile,
    HoldEnded,
    HoldOrdered,
    NoMoreExtensions,
    NotBookable,
    SlotBusy,
    SlotTaken,
    SlotWaitedFor,
    TooManyHolds,
)
from portal.domains.reservations.holding import hold
from portal.domains.reservations.keeping import extend, release
from portal.domains.reservations.limit import limit_holds
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.moving import Offered, give_up, offered, swap, take_other
from portal.domains.reservations.ordering import awaits_payment, bind, cancel, confirm, unbind
from portal.domains.reservations.queries import (
    Choice,
    bound,
    bound_holds,
    choices,
    find_by_key,
    hold_of,
    holds,
    holds_of,
    holds_of_question,
    holds_question,
)
from portal.domains.reservations.standing import Concerned, count_within, left_outside, starts_above, within
from portal.domains.reservations.taking_again import take_again
from portal.domains.reservations.terms import terms_questions
from portal.domains.reservations.tidying import release_expired

__all__ = [
    "AlreadyYours",
    "Asked",
    "Behind",
    "BookedMeanwhile",
    "Choice",
    "Concerned",
    "Day",
    "Hold",
    "HoldEnded",
    "HoldOrdered",
    "NoMoreExtensions",
    "NotBookable",
    "Offered",
    "Reservation",
    "Room",
    "Slot",
    "SlotBusy",
    "SlotTaken",
    "SlotWaitedFor",
    "TooManyHolds",
    "asked",
    "awaits_payment",
    "bind",
    "bound",
    "bound_holds",
    "cancel",
    "choices",
    "confirm",
    "count_within",
    "day_states",
    "extend",
    "find_by_key",
    "give_up",
    "has_since",
    "hold",
    "hold_of",
    "holds",
    "holds_of",
    "holds_of_question",
    "holds_question",
    "left_outside",
    "limit_holds",
    "offered",
    "release",
    "release_expired",
    "slots",
    "starts_above",
    "swap",
    "take_again",
    "take_other",
    "terms_questions",
    "unbind",
    "with_room",
    "within",
]
