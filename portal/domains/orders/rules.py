"""The arithmetic of an order, without a database: what points pay, what the card pays, each line's share of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from portal.kernel.money import rounded, share_out

POINT_VALUE = Decimal(1)
"""What one point pays, in the order's currency (mission, R1: 1 point = ₩1)."""


@dataclass(frozen=True)
class Split:
    """How an order's total is paid: `points` and `charge` add up to it, and so do the shares of each line."""

    total: Decimal
    points: int
    charge: Decimal
    point_shares: Sequence[int]
    charge_shares: Sequence[Decimal]


def split(amounts: Sequence[Decimal], points: int, currency: str) -> Split:
    """Shares points over the lines in proportion to their amounts (largest remainder), so that any can be refunded.

    Raises ValueError when there are more points than there is to pay.
    """
    total = sum(amounts, Decimal(0))
    if points < 0 or points * POINT_VALUE > total:
        raise ValueError(f"{points} points cannot pay {total} {currency}")
    shares = share_out(Decimal(points), amounts, "KRW")  # whole points, whatever the currency
    return Split(
        total=total,
        points=points,
        charge=total - points * POINT_VALUE,
        point_shares=[int(share) for share in shares],
        charge_shares=[amount - share * POINT_VALUE for amount, share in zip(amounts, shares, strict=True)],
    )


def most_points(total: Decimal, available: int) -> int:
    """The most points that may pay an order: never more than it costs, never more than there are."""
    return max(0, min(available, int(rounded(total, "KRW", ROUND_DOWN))))
