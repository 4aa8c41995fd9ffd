"""The stock of goods: the sum of its movements, each made once, never below zero."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select

from portal.domains import audit, catalog
from portal.domains.catalog import Product, StockMovement
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid, NotFound
from tests import factories


def stocked(tx: Tx, count: int) -> Product:
    """Goods whose stock is in the ledger too."""
    towel = factories.goods(tx, stock=0)
    catalog.adjust_stock(tx, towel.id, count, reason="delivery")
    return towel


def ledger(tx: Tx, product_id: UUID) -> int:
    query = select(func.coalesce(func.sum(StockMovement.delta), 0)).where(StockMovement.product_id == product_id)
    return int(tx.scalar(query) or 0)


def test_taking_is_once_per_key_and_the_ledger_agrees(tx: Tx) -> None:
    towel, noise = stocked(tx, 10), stocked(tx, 7)
    for _ in range(3):
        catalog.take_stock(tx, "order-1", towel.id, 4)
    catalog.take_stock(tx, "order-2", towel.id, 1)
    assert (towel.stock, ledger(tx, towel.id)) == (5, 5)
    assert (noise.stock, ledger(tx, noise.id)) == (7, 7)


def test_more_than_there_is_is_refused_and_leaves_the_key_free(tx: Tx) -> None:
    towel = stocked(tx, 3)
    with pytest.raises(catalog.OutOfStock, match="Only 3 of Towel are left"):
        catalog.take_stock(tx, "order-1", towel.id, 4)
    assert (towel.stock, ledger(tx, towel.id)) == (3, 3)
    catalog.take_stock(tx, "order-1", towel.id, 3)
    assert (towel.stock, ledger(tx, towel.id)) == (0, 0)


def test_returning_is_once_per_key_and_apart_from_taking(tx: Tx) -> None:
    towel = stocked(tx, 5)
    catalog.take_stock(tx, "same", towel.id, 2)
    catalog.return_stock(tx, "same", towel.id, 2)
    catalog.return_stock(tx, "same", towel.id, 2)
    assert (towel.stock, ledger(tx, towel.id)) == (5, 5)


def test_what_was_taken_is_put_back_once_and_nothing_where_nothing_was_taken(tx: Tx) -> None:
    towel = stocked(tx, 5)
    catalog.return_taken_stock(tx, "order-1")
    assert towel.stock == 5
    catalog.take_stock(tx, "order-1", towel.id, 2)
    catalog.return_taken_stock(tx, "order-1")
    catalog.return_taken_stock(tx, "order-1")
    assert (towel.stock, ledger(tx, towel.id)) == (5, 5)


@pytest.mark.parametrize("quantity", [0, -1])
def test_moving_nothing_or_less_is_a_programming_error(tx: Tx, quantity: int) -> None:
    towel = stocked(tx, 5)
    with pytest.raises(ValueError, match="cannot be moved"):
        catalog.take_stock(tx, "order-1", towel.id, quantity)


def test_staff_count_and_the_difference_is_written_down(tx: Tx) -> None:
    staff, towel = factories.account(tx, roles=("catalog",)), stocked(tx, 5)
    assert catalog.set_stock(tx, towel.id, 3, reason="counted", by=staff.id) == 3
    assert catalog.set_stock(tx, towel.id, 3, reason="counted again", by=staff.id) == 3
    assert [(m.delta, m.reason) for m in catalog.stock_movements(tx, towel.id)] == [(-2, "counted"), (5, "delivery")]
    assert [e.actor_id for e in audit.entries_about(tx, "product", towel.id)] == [staff.id, None]


def test_an_adjustment_is_once_per_key(tx: Tx) -> None:
    towel = stocked(tx, 5)
    assert [catalog.adjust_stock(tx, towel.id, 2, reason="found", key="form-1") for _ in range(2)] == [7, 7]


@pytest.mark.parametrize(
    ("delta", "reason", "field"),
    [
        (0, "why", "delta"),
        (-6, "why", "delta"),
        (1_000_000, "why", "delta"),
        (1, "", "reason"),
        (1, "x" * 201, "reason"),
    ],
)
def test_a_faulty_adjustment_names_its_field(tx: Tx, delta: int, reason: str, field: str) -> None:
    towel = stocked(tx, 5)
    with pytest.raises(Invalid) as caught:
        catalog.adjust_stock(tx, towel.id, delta, reason=reason)
    assert list(caught.value.faults) == [field]
    assert towel.stock == 5


def test_only_goods_have_a_stock(tx: Tx) -> None:
    room = factories.product(tx)
    with pytest.raises(Invalid):
        catalog.adjust_stock(tx, room.id, 1, reason="why")
    with pytest.raises(NotFound):
        catalog.take_stock(tx, "order-1", room.id, 1)
    with pytest.raises(NotFound):
        catalog.adjust_stock(tx, uuid4(), 1, reason="why")


def test_twenty_racers_for_seven_pieces_sell_seven(database: Engine) -> None:
    with transaction(database) as tx:
        towel_id = stocked(tx, 7).id

    def buy(number: int) -> bool:
        try:
            with transaction(database) as tx:
                catalog.take_stock(tx, f"order-{number}", towel_id, 1)
        except catalog.OutOfStock:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        sold = list(pool.map(buy, range(20)))
    with transaction(database) as tx:
        assert (sum(sold), catalog.get_product(tx, towel_id).stock, ledger(tx, towel_id)) == (7, 0, 0)


def test_ten_tries_of_one_order_at_once_take_once(database: Engine) -> None:
    with transaction(database) as tx:
        towel_id = stocked(tx, 7).id

    def take(_: int) -> None:
        with transaction(database) as tx:
            catalog.take_stock(tx, "order-1", towel_id, 2)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(take, range(10)))
    with transaction(database) as tx:
        assert (catalog.get_product(tx, towel_id).stock, ledger(tx, towel_id)) == (5, 5)
