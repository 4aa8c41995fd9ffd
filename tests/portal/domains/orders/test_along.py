"""Goods that go with a booking: in the same order, no more than go with it, never more than there are."""

import multiprocessing
import time
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from portal.domains import catalog, orders, reservations
from portal.domains.catalog import Along
from portal.kernel import clock
from portal.kernel.db import make_engine, transaction
from portal.kernel.errors import Invalid
from tests import factories
from tests.support.till import Shop


def held(shop: Shop, hour: int) -> UUID:
    with transaction(shop.engine) as tx:
        return reservations.hold(
            tx,
            account_id=shop.account_id,
            product_id=shop.product_id,
            starts_at=shop.start + timedelta(hours=hour),
            now=clock.now(),
            minutes=15,
        ).id


def order(shop: Shop, hold_ids: list[UUID], **goods: int) -> orders.Order:
    with transaction(shop.engine) as tx:
        return orders.accept(
            tx,
            account_id=shop.account_id,
            hold_ids=hold_ids,
            goods=[orders.Goods(UUID(hex=id), quantity) for id, quantity in goods.items()],
            token="pm_card_visa",
            now=clock.now(),
        )


def test_at_most_so_many_go_with_each_booking(shop: Shop) -> None:
    with transaction(shop.engine) as tx:
        catalog.set_addons(tx, shop.product_id, [Along(shop.goods_id, 2)])
    first, second = held(shop, 9), held(shop, 12)
    with pytest.raises(Invalid, match="At most 2 of") as refused:
        order(shop, [first], **{shop.goods_id.hex: 3})
    assert list(refused.value.faults) == ["goods"]
    assert shop.sql("SELECT count(*) AS n FROM orders")[0].n == 0
    assert [line.quantity for line in shop.get(order(shop, [first, second], **{shop.goods_id.hex: 4})).lines] == [
        1,
        1,
        4,
    ]


def test_without_a_booking_that_names_them_only_the_stock_is_the_bound(shop: Shop) -> None:
    with transaction(shop.engine) as tx:
        catalog.set_addons(tx, shop.product_id, [Along(shop.goods_id, 1)])
    assert shop.get(order(shop, [], **{shop.goods_id.hex: 5})).lines[0].quantity == 5


def take(url: str, number: int, order_id: UUID) -> str:
    """One step of one process: takes the goods of an order, or gives them back again; dawdles, to be in the way."""
    engine = make_engine(url, pool_size=2)
    try:
        with transaction(engine) as tx:
            orders.create(tx, f"create {number}", order_id)
            time.sleep(0.01)
        if number % 3:
            return "taken"
        with transaction(engine) as tx:
            orders.cancel(tx, f"cancel {number}", f"create {number}", order_id, None)
        return "given back"
    except catalog.OutOfStock:
        return "sold out"
    finally:
        engine.dispose()


def test_processes_that_race_for_goods_never_take_more_than_there_are(shop: Shop, database_url: str) -> None:
    """Twenty-four orders of two kinds of goods, in either order, in four processes: no deadlock, nothing oversold."""
    with transaction(shop.engine) as tx:
        catalog.set_stock(tx, shop.goods_id, 20, reason="counted")
        bag_id = factories.goods(tx, name="Bag", stock=13).id
        catalog.set_addons(tx, shop.product_id, [Along(shop.goods_id, 3), Along(bag_id, 1)])
    placed = []
    for hour in range(24):
        wanted = {shop.goods_id.hex: 1 + hour % 3, bag_id.hex: 1}
        placed.append(order(shop, [held(shop, hour)], **dict(sorted(wanted.items(), reverse=bool(hour % 2)))))
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        jobs = [(database_url, number, one.id) for number, one in enumerate(placed)]
        ends = pool.starmap(take, jobs, chunksize=1)
    sold: Counter[UUID] = Counter()
    for one, end in zip(placed, ends, strict=True):
        if end == "taken":
            sold.update({line.product_id: line.quantity for line in shop.get(one).lines if line.kind == "goods"})
    assert {"taken", "sold out"} <= set(ends)
    for product_id, had in ((shop.goods_id, 20), (bag_id, 13)):
        stock = shop.sql("SELECT stock FROM products WHERE id = :id", id=product_id)[0].stock
        ledger = shop.sql("SELECT sum(delta) AS n FROM stock_movements WHERE product_id = :id", id=product_id)[0].n
        assert (stock, ledger) == (had - sold[product_id],) * 2
        assert stock >= 0
