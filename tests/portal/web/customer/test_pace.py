"""How often the order's page looks again, as a table: seconds for each state and age of what is under way."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.domains.orders import Order
from portal.domains.refunds import Refund
from portal.web.customer import pace

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=2)


@pytest.mark.parametrize(("age", "seconds"), [(0, 1), (44, 1), (45, 4), (599, 4), (600, 20), (9999, 20)])
def test_a_payment_is_followed_closely_at_first(age: int, seconds: int) -> None:
    order = Order(state="processing", placed_at=NOW - timedelta(seconds=age))
    assert pace.of_order(order, [], NOW, paying=True) == seconds


@pytest.mark.parametrize(
    ("order_state", "refund_state", "age", "seconds"),
    [
        ("completed", "requested", 10, 4),
        ("completed", "requested", 900, 20),
        ("completed", "approved", 0, 2),
        ("refunding", "approved", 10, 2),
        ("refunding", "approved", 60, 4),
        ("refunding", "approved", 900, 20),
        ("refunding", "sent", 10, 2),
        ("completed", "sent", 10, 20),
        ("refunded", "sent", 10, 20),
        ("refunded", "settled", 10, 0),
        ("completed", "rejected", 10, 0),
        ("completed", "cancelled", 10, 0),
    ],
)
def test_a_refund_is_followed_closely_while_it_moves_by_itself(
    order_state: str, refund_state: str, age: int, seconds: int
) -> None:
    at = NOW - timedelta(seconds=age)
    decided = None if refund_state == "requested" else at
    refund = Refund(state=refund_state, created_at=at if decided is None else LONG_AGO, decided_at=decided)
    order = Order(state=order_state, placed_at=LONG_AGO)
    assert pace.of_order(order, [refund], NOW, paying=False) == seconds


def test_an_old_refund_does_not_slow_a_new_one() -> None:
    old = Refund(state="sent", created_at=LONG_AGO, decided_at=LONG_AGO)
    new = Refund(state="approved", created_at=NOW, decided_at=NOW)
    order = Order(state="refunding", placed_at=LONG_AGO)
    assert pace.of_order(order, [old, new], NOW, paying=False) == 2
