"""Facts about holds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal.kernel.errors import N_, Refusal


class SlotTaken(Refusal):
    """Not enough units are free throughout the asked time."""

    code = "slot-taken"
    message = N_("This time is taken. Choose another one.")
    field = "start"


class SlotWaitedFor(SlotTaken):
    """What is free goes to those who wait in line for it; `lines` are those that meet the time: product
    and start."""

    message = N_("Others have been waiting for this time, so it is offered to them first. You can wait for it, too.")

    def __init__(self, lines: Sequence[tuple[UUID, datetime]] = ()) -> None:
        super().__init__()
        self.lines = tuple(lines)


class AlreadyYours(Refusal):
    """The product is booked once by each person at a time, and this one holds or has booked it."""

    code = "already-yours"
    message = N_("You have this time already. One person can book it once.")
    field = "start"


class SlotBusy(Refusal):
    """So many want this day that the turn did not come within the bound. Nothing is known about the place itself."""

    code = "slot-busy"
    message = N_("Many people are booking this day right now. Try again in a moment.")
    field = "start"


class NotBookable(Refusal):
    """What was booked before can no longer be: it has begun, is too near, closed or withdrawn."""

    code = "not-bookable"
    message = N_("This time cannot be booked any more.")


class BookedMeanwhile(Refusal):
    """The same person has chosen the same time anew; nobody wants to have it twice."""

    code = "booked-meanwhile"
    message = N_("You have booked this time again meanwhile.")


class HoldEnded(Refusal):
    """A hold has run out or was given back; `hold_ids` says which ones."""

    code = "hold-ended"
    message = N_("A time you chose is no longer held for you. Choose it again.")

    def __init__(self, hold_ids: Sequence[UUID]) -> None:
        super().__init__()
        self.hold_ids = tuple(hold_ids)


class HoldOrdered(Refusal):
    """The hold belongs to an order by now, so it is the order that must be changed."""

    code = "hold-ordered"
    message = N_("This is already part of an order.")


class TooManyHolds(Refusal):
    """One person holds as many times as are allowed at once."""

    code = "too-many-holds"
    message = N_(
        "You hold %(most)s times already, and more are not possible at once. Pay for them or let one go, then choose"
        " this one again."
    )


class NoMoreExtensions(Refusal):
    """The hold has been made longer as often as is allowed."""

    code = "no-more-extensions"
    message = N_("This time cannot be held any longer. Please pay now, or let it go.")
