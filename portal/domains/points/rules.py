"""The rules of points: what a charge earns, which lots are spent first, and where points go that come back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

GRACE = timedelta(days=30)
"""How long points may still be used that come back after their own lot has expired."""


@dataclass(frozen=True)
class Lot:
    """Points with one date of expiry: what is left in it, or what was spent from it, as the rule says."""

    id: UUID
    points: int
    expires_at: datetime


Move = tuple[UUID, int]
"""A lot, and how many points leave it (negative: return to it)."""


def accrual_for(charge: Decimal, rate: Decimal) -> int:
    """The points a charge earns, rounded down: a fraction of a point is never promised."""
    return int((charge * rate).to_integral_value(ROUND_DOWN))


def debt(available: int) -> int:
    """How many points are owed: a refund took back accrued points that were spent already."""
    return max(0, -available)


def spend(lots: Iterable[Lot], points: int) -> tuple[list[Move], int]:
    """Takes `points` from the lots, the one that expires first first. Returns the moves and how many were missing."""
    moves = []
    for lot in sorted(lots, key=_by_expiry):
        if points == 0:
            break
        taken = min(lot.points, points)
        moves.append((lot.id, taken))
        points -= taken
    return moves, points


def put_back(spent: Sequence[Lot], points: int, now: datetime) -> tuple[list[Move], int]:
    """Returns `points` to the lots they were spent from, the one that lasts longest first.

    What came from a lot that has expired meanwhile, or from none we know, is the second number: it becomes a lot of
    its own with GRACE to use it. Giving points back that are void on arrival would be taking them; giving them a
    whole new year would let a booking and its refund renew old points for ever.
    """
    moves = []
    for lot in sorted(spent, key=_by_expiry, reverse=True):
        if points == 0 or lot.expires_at <= now:
            break
        returned = min(lot.points, points)
        moves.append((lot.id, -returned))
        points -= returned
    return moves, points


def _by_expiry(lot: Lot) -> tuple[datetime, UUID]:
    return lot.expires_at, lot.id
