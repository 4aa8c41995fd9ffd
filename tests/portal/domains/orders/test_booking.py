"""The steps of an order move it on from an allowed state only: two processes never own one order."""

from collections.abc import Callable

import pytest

from portal.domains import orders
from portal.kernel import wire
from portal.kernel.db import Tx, transaction
from tests.support.till import Shop


def in_a_transaction(shop: Shop, act: Callable[[Tx], object]) -> None:
    """Does it, and waits for what travels later."""
    with transaction(shop.engine) as tx:
        act(tx)
        wire.ask(tx, "SELECT 1", {})


@pytest.mark.parametrize("state", ["cancelled", "completed", "refunding"])
def test_an_order_that_is_no_longer_being_paid_is_not_completed_nor_are_its_places(shop: Shop, state: str) -> None:
    order = shop.order(tea=0)
    shop.sql("UPDATE orders SET state = :state", state=state)

    with pytest.raises(wire.EarlierFailed, match="touched 0 rows"):
        in_a_transaction(shop, lambda tx: orders.complete(tx, order.id, 300))

    assert (shop.get(order).state, shop.get(order).points_accrued) == (state, 0)
    assert shop.places() == ["PENDING"]


def test_an_order_that_is_not_completed_is_not_given_back(shop: Shop) -> None:
    order = shop.order(tea=0)
    lines = [line.id for line in shop.get(order).lines]
    shop.sql("UPDATE orders SET state = 'cancelled'")

    with pytest.raises(wire.EarlierFailed, match="touched 0 rows"):
        in_a_transaction(shop, lambda tx: orders.begin_cancellation(tx, order.id, lines))

    assert {line.state for line in shop.get(order).lines} == {"active"}
