"""What comes back when an order line is given back: a pure rule of the time left, tested as a table.

Free until a day before the start, half until the start, nothing afterwards; goods come back whole until the booking
they belong to has begun. Points come back in the same proportion, and points the charge had earned go with it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from portal.kernel.money import rounded

TIERS = ((timedelta(hours=24), Decimal(1)), (timedelta(0), Decimal("0.5")))
"""From at least so long before the start, so much of the price comes back. Longest first; later than all: nothing."""


@dataclass(frozen=True)
class Back:
    """What one line gives back: money to the card, and points."""

    share: Decimal
    amount: Decimal
    points: int


def share_at(starts_at: datetime | None, now: datetime) -> Decimal:
    """The part of the price that comes back when asked for at `now`. Without a start: all of it."""
    if starts_at is None:
        return Decimal(1)
    return next((share for before, share in TIERS if starts_at - now >= before), Decimal(0))


def back(charge_share: Decimal, points_share: int, share: Decimal, currency: str) -> Back:
    """Money and points of one line, both rounded down to whole units."""
    return Back(
        share=share,
        amount=rounded(charge_share * share, currency, ROUND_DOWN),
        points=int((points_share * share).to_integral_value(ROUND_DOWN)),
    )


def accrual_back(accrued: int, charge: Decimal, refunded_now: Decimal, *, last: bool) -> int:
    """Points earned that go with this refund: in proportion to the money, and the whole rest with the last line."""
    if last or charge == 0:
        return accrued
    return min(accrued, int((accrued * refunded_now / charge).to_integral_value(ROUND_DOWN)))
