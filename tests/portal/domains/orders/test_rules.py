"""What points pay, what the card pays, and each line's share of both."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domains.orders.rules import most_points, split


@pytest.mark.parametrize(
    ("amounts", "points", "charge", "point_shares"),
    [
        ([30000], 0, 30000, [0]),
        ([30000], 30000, 0, [30000]),
        ([30000, 10000], 4000, 36000, [3000, 1000]),
        ([10000, 10000, 10000], 1, 29999, [1, 0, 0]),
        ([0, 5000], 100, 4900, [0, 100]),
        ([0], 0, 0, [0]),
    ],
)
def test_points_are_shared_in_proportion(amounts: list[int], points: int, charge: int, point_shares: list[int]) -> None:
    paid = split([Decimal(amount) for amount in amounts], points, "KRW")

    assert (paid.charge, list(paid.point_shares)) == (charge, point_shares)


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=8), st.data())
def test_charge_and_points_add_up_for_the_order_and_for_every_line(amounts: list[int], data: st.DataObject) -> None:
    points = data.draw(st.integers(0, sum(amounts)))

    paid = split([Decimal(amount) for amount in amounts], points, "KRW")

    assert paid.charge + paid.points == paid.total == sum(amounts)
    assert sum(paid.point_shares) == points
    for amount, by_points, by_card in zip(amounts, paid.point_shares, paid.charge_shares, strict=True):
        assert by_points + by_card == amount
        assert by_points >= 0
        assert by_card >= 0


@pytest.mark.parametrize("points", [-1, 30001])
def test_more_points_than_there_is_to_pay_are_a_mistake(points: int) -> None:
    with pytest.raises(ValueError, match="points cannot pay"):
        split([Decimal(30000)], points, "KRW")


@pytest.mark.parametrize(
    ("total", "available", "most"), [("30000", 5000, 5000), ("3000", 5000, 3000), ("19.99", 50, 19), ("30000", -10, 0)]
)
def test_the_most_points_an_order_takes(total: str, available: int, most: int) -> None:
    assert most_points(Decimal(total), available) == most
