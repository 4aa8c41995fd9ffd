"""Moving: a paid booking goes to another time, and the difference is charged or comes back.

Owns:     moves.
Promises: the old time stands until the new one is paid for; both change hands in one moment, and nobody else gets in
          between; what is charged or comes back is what was shown; while a booking moves it is not given back, and the
          other way round; a move ends moved, or cancelled with everything as it was.
"""

from portal.domains.moving.asking import request
from portal.domains.moving.charging import charge_difference
from portal.domains.moving.errors import DifferenceChanged, NotMovable, SameTime, UnderWay
from portal.domains.moving.mails import mail_moved
from portal.domains.moving.models import Move
from portal.domains.moving.queries import find_move, get_move, goes_to, moves_of, moves_question
from portal.domains.moving.quoting import House, Quote, Wish, booking, check, last_moment, movable, quote
from portal.domains.moving.rules import Difference
from portal.domains.moving.steps import let_be, look_up, mark, swap

__all__ = [
    "Difference",
    "DifferenceChanged",
    "House",
    "Move",
    "NotMovable",
    "Quote",
    "SameTime",
    "UnderWay",
    "Wish",
    "booking",
    "charge_difference",
    "check",
    "find_move",
    "get_move",
    "goes_to",
    "last_moment",
    "let_be",
    "look_up",
    "mail_moved",
    "mark",
    "movable",
    "moves_of",
    "moves_question",
    "quote",
    "request",
    "swap",
]
