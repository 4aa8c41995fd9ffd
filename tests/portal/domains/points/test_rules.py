"""The rules of points, as tables."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from portal.domains.points import rules
from portal.domains.points.rules import Lot

NOW = datetime(2026, 12, 1, tzinfo=UTC)
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def lot(lot_id: UUID, points: int, days: int) -> Lot:
    return Lot(lot_id, points, NOW + timedelta(days=days))


@pytest.mark.parametrize(
    ("charge", "rate", "points"),
    [
        ("30000", "0.01", 300),
        ("30099", "0.01", 300),
        ("99", "0.01", 0),
        ("0", "0.01", 0),
        ("30000", "0", 0),
        ("10001", "0.025", 250),
    ],
)
def test_a_charge_earns_whole_points_rounded_down(charge: str, rate: str, points: int) -> None:
    assert rules.accrual_for(Decimal(charge), Decimal(rate)) == points


@pytest.mark.parametrize(("available", "owed"), [(10, 0), (0, 0), (-7, 7)])
def test_what_is_below_zero_is_owed(available: int, owed: int) -> None:
    assert rules.debt(available) == owed


@pytest.mark.parametrize(
    ("points", "moves", "missing"),
    [
        (0, [], 0),
        (5, [(B, 5)], 0),
        (10, [(B, 10)], 0),
        (11, [(B, 10), (C, 1)], 0),
        (60, [(B, 10), (C, 20), (A, 30)], 0),
        (61, [(B, 10), (C, 20), (A, 30)], 1),
    ],
)
def test_the_lot_that_expires_first_is_spent_first(points: int, moves: list[rules.Move], missing: int) -> None:
    lots = [lot(A, 30, days=90), lot(B, 10, days=1), lot(C, 20, days=30)]
    assert rules.spend(lots, points) == (moves, missing)


@pytest.mark.parametrize(
    ("points", "moves", "homeless"),
    [
        (0, [], 0),
        (5, [(A, -5)], 0),
        (31, [(A, -30), (C, -1)], 0),
        (50, [(A, -30), (C, -20)], 0),
        (60, [(A, -30), (C, -20)], 10),
        (75, [(A, -30), (C, -20)], 25),
    ],
)
def test_points_return_to_the_lots_that_last_and_not_to_one_that_has_expired(
    points: int, moves: list[rules.Move], homeless: int
) -> None:
    spent = [lot(B, 10, days=0), lot(C, 20, days=1), lot(A, 30, days=90)]
    assert rules.put_back(spent, points, NOW) == (moves, homeless)
