"""What comes back when an order line is given back: a pure rule of its terms and of the time left, tested as a table.

Money and points come back in the same proportion; a fee is kept of the money first, then of the points, and never more
than comes back. Points the charge had earned go with the money that goes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from portal.domains.catalog import RefundTerms
from portal.domains.orders import POINT_VALUE
from portal.kernel.money import rounded


@dataclass(frozen=True)
class Back:
    """What one line gives back: money to the card, and points. `fee` is what was kept of both, in money."""

    share: Decimal
    amount: Decimal
    points: int
    fee: Decimal = Decimal(0)


def share_at(terms: RefundTerms, starts_at: datetime | None, now: datetime) -> Decimal:
    """The part of the price that comes back when asked for at `now`, before any fee.

    Without a start: the most there is.
    """
    if starts_at is None:
        return Decimal(max((tier.percent for tier in terms.tiers), default=0)) / 100
    percent = next((t.percent for t in terms.tiers if starts_at - now >= timedelta(hours=t.hours)), 0)
    return Decimal(percent) / 100


def back(charge_share: Decimal, points_share: int, terms: RefundTerms, share: Decimal, currency: str) -> Back:
    """Money and points of one line, both rounded down to whole units, and the fee that was kept of them."""
    amount = rounded(charge_share * share, currency, ROUND_DOWN)
    points = int((points_share * share).to_integral_value(ROUND_DOWN))
    due = fee_of(charge_share + points_share * POINT_VALUE, terms, currency)
    of_money = min(due, amount)
    of_points = min(int(((due - of_money) / POINT_VALUE).to_integral_value(ROUND_DOWN)), points)
    return Back(share, amount - of_money, points - of_points, of_money + of_points * POINT_VALUE)


def fee_of(price: Decimal, terms: RefundTerms, currency: str) -> Decimal:
    """The fee for giving back something of this price. An amount counts in its own currency only."""
    if terms.fee_percent:
        return rounded(price * terms.fee_percent / 100, currency, ROUND_DOWN)
    return terms.fee if terms.currency == currency else Decimal(0)


def accrual_back(accrued: int, left: Decimal, amount: Decimal) -> int:
    """Points earned that go with `amount`, of those still there for the money that is `left` of the charge.

    All of the money takes all of them; money that stays with us keeps what it had earned.
    """
    if left <= 0:
        return 0
    return min(accrued, int((accrued * amount / left).to_integral_value(ROUND_DOWN)))
