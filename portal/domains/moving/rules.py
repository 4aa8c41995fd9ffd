"""Until when a booking may move, and what that costs or gives back: pure rules, tested as tables."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from portal.domains import orders
from portal.domains.catalog import RefundTerms

ALL = 100
"""Percent of the price."""


@dataclass(frozen=True)
class Difference:
    """What a booking costs more at its new time, or what comes back of it: by card, and as points."""

    charge: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    points: int = 0

    @property
    def change(self) -> Decimal:
        """How much dearer it is (negative: cheaper)."""
        return self.charge - self.amount - self.points * orders.POINT_VALUE


def movable_until(terms: RefundTerms, starts_at: datetime, hours: int | None) -> datetime | None:
    """The last moment at which its customer may move it: `hours` before it starts, or, where none are set, as long as
    all of it would come back. None: never."""
    if hours is None:
        whole = [tier.hours for tier in terms.tiers if tier.percent == ALL]
        if not whole:
            return None
        hours = min(whole)
    return starts_at - timedelta(hours=hours)


def difference(charge_share: Decimal, points_share: int, price: Decimal, *, at_no_cost: bool = False) -> Difference:
    """From what a line was paid with, money and points, to the price of its new time.

    What is dearer is charged; nothing is where the house moves it (`at_no_cost`). What is cheaper goes to the card
    first, at most what was charged for the line, and then to the points.
    """
    more = price - charge_share - points_share * orders.POINT_VALUE
    if more >= 0:
        return Difference(charge=Decimal(0) if at_no_cost else more)
    amount, points = orders.shares_back(charge_share, -more)
    return Difference(amount=amount, points=points)
