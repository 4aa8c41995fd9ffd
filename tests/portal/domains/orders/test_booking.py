"""The steps of an order move it on from an allowed state only: two processes never own one order."""

import pytest

from portal.domains import orders
from portal.kernel import wire
from portal.kernel.db import transaction
from tests.support.till import Shop


@pytest.mark.parametrize("state", ["cancelled", "completed", "refunding"])
def test_an_order_that_is_no_longer_being_paid_is_not_completed_nor_are_its_places(shop: Shop, state: str) -> None:
    order = shop.order(tea=0)
    shop.sql("UPDATE orders SET state = :state", state=state)

    with pytest.raises(wire.EarlierFailed, match="touched 0 rows"), transaction(shop.engine) as tx:
        orders.complete(tx, order.id, 300)
        wire.ask(tx, "SELECT 1", {})

    assert (shop.get(order).state, shop.get(order).points_accrued) == (state, 0)
    assert shop.places() == ["PENDING"]


def test_an_order_that_is_not_completed_is_not_given_back(shop: Shop) -> None:
    order = shop.order(tea=0)
    lines = [line.id for line in shop.get(order).lines]
    shop.sql("UPDATE orders SET state = 'cancelled'")

    with pytest.raises(wire.EarlierFailed, match="touched 0 rows"), transaction(shop.engine) as tx:
        orders.begin_cancellation(tx, order.id, lines)
        wire.ask(tx, "SELECT 1", {})

    assert {line.state for line in shop.get(order).lines} == {"active"}
