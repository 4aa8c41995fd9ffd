"""The lowest price before a price was lowered, which customers are told beside a lower one; pure.

As Article 6a of Directive 98/6/EC asks (the Omnibus directive): of the thirty days before the reduction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from sqlalchemy.dialects.postgresql import Range

DAYS = timedelta(days=30)


class Dated(Protocol):
    """What is needed of a row of prices."""

    amount: Decimal
    currency: str
    unit: str
    valid: Range[datetime]


def lowest_before(history: Iterable[Dated], now: datetime) -> Decimal | None:
    """The lowest price of the thirty days before the present one began, if that is lower than the one before it.

    None for a price that is no reduction: nothing ended where it began, or something not dearer, or per another unit.
    A price is told to be reduced for thirty days; longer if a higher one follows it already.
    """
    rows = sorted(history, key=lambda row: row.valid.lower or now)
    current = next((row for row in rows if now in row.valid), None)
    since = current.valid.lower if current else None
    if current is None or since is None:
        return None
    alike = [row for row in rows if (row.unit, row.currency) == (current.unit, current.currency)]
    before = next((row for row in alike if row.valid.upper == since), None)
    after = next((row for row in alike if row.valid.lower == current.valid.upper), None)
    if before is None or before.amount <= current.amount:
        return None
    if now >= since + DAYS and not (after and after.amount > current.amount):
        return None
    window: Range[datetime] = Range(since - DAYS, since, bounds="[)")
    return min(row.amount for row in alike if row.valid.overlaps(window))
