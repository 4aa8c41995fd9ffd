"""The lowest price of the thirty days before a price was lowered, told beside the lower one and nowhere else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.dialects.postgresql import Range

from portal.domains.catalog import lowest_before

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass
class Row:
    amount: Decimal
    valid: Range[datetime]
    unit: str = "booking"
    currency: str = "KRW"


def history(*steps: tuple[int, int | None]) -> list[Row]:
    """Prices one after the other: (day from NOW, amount); None is a time without one. The latest first."""
    days = [NOW + timedelta(days=day) for day, _ in steps]
    ends = [*days[1:], None] if days else []
    rows = zip(days, ends, steps, strict=True)
    return [Row(Decimal(amount), Range(a, b)) for a, b, (_, amount) in rows if amount is not None][::-1]


@pytest.mark.parametrize(
    ("steps", "lowest"),
    [
        ([], None),
        ([(-90, 100)], None),
        ([(-90, 100), (-5, 120)], None),
        ([(-90, 100), (-5, 80)], 100),
        ([(-90, 100), (-5, 80), (3, 60)], 100),
        ([(-90, 100), (-20, 70), (-10, 110), (-5, 80)], 70),
        ([(-90, 70), (-34, 110), (-5, 80)], 70),
        ([(-90, 70), (-35, 110), (-5, 80)], 110),
        ([(-90, 100), (-29, 80)], 100),
        ([(-90, 100), (-30, 80)], None),
        ([(-90, 100), (-60, 80), (10, 100)], 100),
        ([(-90, 100), (-60, 80), (10, 60)], None),
        ([(-90, 100), (-10, None), (-5, 80)], None),
        ([(-90, 100), (5, 80)], None),
        ([(3, 100)], None),
    ],
)
def test_the_lowest_before_is_told_beside_a_reduction(steps: list[tuple[int, int | None]], lowest: int | None) -> None:
    told = lowest_before(history(*steps), NOW)
    assert (None if told is None else int(told)) == lowest


def test_a_price_per_something_else_is_no_reduction() -> None:
    rows = history((-90, 100), (-5, 80))
    rows[0].unit = "hour"
    assert lowest_before(rows, NOW) is None
