"""What comes back, as tables of the terms, the time left, and how it was paid."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal.domains.catalog import USUAL, RefundTerms, Tier
from portal.domains.refunds.policy import accrual_back, back, fee_of, share_at

START = datetime(2026, 12, 1, 10, tzinfo=UTC)
STRICT = RefundTerms((Tier(168, 90), Tier(72, 40), Tier(24, 10)))
NEVER = RefundTerms()
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("terms", "before", "share"),
    [
        (USUAL, timedelta(days=3), "1"),
        (USUAL, timedelta(hours=24), "1"),
        (USUAL, timedelta(hours=24) - SECOND, "0.5"),
        (USUAL, timedelta(0), "0.5"),
        (USUAL, -SECOND, "0"),
        (USUAL, timedelta(days=-1), "0"),
        (STRICT, timedelta(hours=168), "0.9"),
        (STRICT, timedelta(hours=168) - SECOND, "0.4"),
        (STRICT, timedelta(hours=72), "0.4"),
        (STRICT, timedelta(hours=72) - SECOND, "0.1"),
        (STRICT, timedelta(hours=24), "0.1"),
        (STRICT, timedelta(hours=24) - SECOND, "0"),
        (STRICT, timedelta(0), "0"),
        (NEVER, timedelta(days=300), "0"),
    ],
)
def test_the_share_that_comes_back(terms: RefundTerms, before: timedelta, share: str) -> None:
    assert share_at(terms, START, START - before) == Decimal(share)


@pytest.mark.parametrize(("terms", "share"), [(USUAL, "1"), (STRICT, "0.9"), (NEVER, "0")])
def test_what_has_no_start_comes_back_as_far_as_it_ever_does(terms: RefundTerms, share: str) -> None:
    assert share_at(terms, None, START) == Decimal(share)


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
    found = back(Decimal(charge), points, USUAL, Decimal(share), "KRW")

    assert (found.amount, found.points, found.fee) == (amount, points_back, 0)


FIXED = RefundTerms((Tier(0, 100),), fee=Decimal(3000))
TENTH = RefundTerms((Tier(0, 100),), fee_percent=10)


@pytest.mark.parametrize(
    ("terms", "charge", "points", "share", "amount", "points_back", "fee"),
    [
        (FIXED, 30000, 2000, "1", 27000, 2000, 3000),  # of the money first
        (FIXED, 2000, 30000, "1", 0, 29000, 3000),  # then of the points
        (FIXED, 0, 30000, "1", 0, 27000, 3000),  # who paid with points pays it, too
        (FIXED, 4000, 0, "0.5", 0, 0, 2000),  # never more than comes back
        (FIXED, 30000, 2000, "0", 0, 0, 0),  # nothing comes back, so nothing is kept of it
        (TENTH, 30000, 0, "1", 27000, 0, 3000),
        (TENTH, 30000, 0, "0.5", 12000, 0, 3000),  # of the price, not of what comes back
        (TENTH, 20000, 10000, "1", 17000, 10000, 3000),  # points are part of the price
        (TENTH, 999, 0, "1", 900, 0, 99),  # rounded down, for the customer
        (RefundTerms((Tier(0, 100),), fee_percent=100), 30000, 500, "1", 0, 0, 30500),
    ],
)
def test_a_fee_is_kept_of_what_comes_back(
    terms: RefundTerms, charge: int, points: int, share: str, amount: int, points_back: int, fee: int
) -> None:
    found = back(Decimal(charge), points, terms, Decimal(share), "KRW")

    assert (found.amount, found.points, found.fee) == (amount, points_back, fee)


def test_a_fee_in_another_currency_is_none() -> None:
    assert fee_of(Decimal(100), FIXED, "USD") == 0
    assert fee_of(Decimal("99.99"), TENTH, "USD") == Decimal("9.99")


@pytest.mark.parametrize(
    ("accrued", "left", "amount", "goes"),
    [
        (400, 40000, 10000, 100),
        (300, 30000, 30000, 300),  # all the money takes all of them
        (7, 700, 100, 1),
        (400, 40000, 20000, 200),  # half is kept, and so is what it had earned
        (400, 40000, 0, 0),
        (5, 0, 0, 0),
    ],
)
def test_earned_points_go_with_the_money(accrued: int, left: int, amount: int, goes: int) -> None:
    assert accrual_back(accrued, Decimal(left), Decimal(amount)) == goes


def test_part_after_part_takes_every_earned_point() -> None:
    accrued, left = 100, 10007
    for part in (3333, 3333, 3341):
        accrued -= accrual_back(accrued, Decimal(left), Decimal(part))
        left -= part
    assert (accrued, left) == (0, 0)
