"""What comes back, as a table of the time left."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal.domains.refunds.policy import accrual_back, back, share_at

START = datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "share"),
    [
        (timedelta(days=3), "1"),
        (timedelta(hours=24), "1"),
        (timedelta(hours=24) - timedelta(seconds=1), "0.5"),
        (timedelta(0), "0.5"),
        (timedelta(seconds=-1), "0"),
        (timedelta(days=-1), "0"),
    ],
)
def test_the_share_that_comes_back(before: timedelta, share: str) -> None:
    assert share_at(START, START - before) == Decimal(share)


def test_what_has_no_start_comes_back_whole() -> None:
    assert share_at(None, START) == 1


@pytest.mark.parametrize(
    ("charge", "points", "share", "amount", "points_back"),
    [
        ("30000", 2000, "1", 30000, 2000),
        ("30001", 3, "0.5", 15000, 1),
        ("30000", 2000, "0", 0, 0),
        ("0", 500, "1", 0, 500),
    ],
)
def test_money_and_points_are_rounded_down(charge: str, points: int, share: str, amount: int, points_back: int) -> None:
    found = back(Decimal(charge), points, Decimal(share), "KRW")

    assert (found.amount, found.points) == (amount, points_back)


@pytest.mark.parametrize(
    ("accrued", "charge", "refunded", "last", "goes"),
    [(400, 40000, 10000, False, 100), (400, 40000, 40000, True, 400), (7, 700, 100, False, 1), (5, 0, 0, False, 5)],
)
def test_earned_points_go_with_the_money(accrued: int, charge: int, refunded: int, last: bool, goes: int) -> None:
    assert accrual_back(accrued, Decimal(charge), Decimal(refunded), last=last) == goes
