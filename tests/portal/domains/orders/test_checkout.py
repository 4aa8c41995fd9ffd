"""Accepting a checkout: everything or nothing, and once per key."""

from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from portal.domains import orders, reservations
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Invalid, KeyReused, NotFound
from portal.kernel.ids import new_id
from tests.support.till import Shop


def held(shop: Shop, hour: int = 10) -> UUID:
    from datetime import timedelta

    with transaction(shop.engine) as tx:
        hold = reservations.hold(
            tx,
            account_id=shop.account_id,
            product_id=shop.product_id,
            starts_at=shop.start + timedelta(hours=hour),
            now=clock.now(),
            minutes=15,
        )
        return hold.id


def accept(shop: Shop, hold_ids: list[UUID], **given: Any) -> orders.Order:
    with transaction(shop.engine) as tx:
        return orders.accept(
            tx, account_id=shop.account_id, hold_ids=hold_ids, now=clock.now(), **{"token": "pm_card_visa", **given}
        )


def test_the_order_its_lines_its_holds_and_its_saga_are_written_together(shop: Shop) -> None:
    order = accept(shop, [held(shop)], points=1000, goods=[orders.Goods(shop.goods_id, 2)])

    fresh = shop.get(order)
    assert fresh.number.startswith("J-")
    assert (fresh.total, fresh.charge, fresh.points_used) == (Decimal(42000), Decimal(41000), 1000)
    assert [line.kind for line in fresh.lines] == ["booking", "goods"]
    assert shop.sql("SELECT order_id FROM reservations")[0].order_id == order.id
    assert shop.progress("payment", order.number).state == "ready"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": -1}, "points"),
        ({"points": 5001}, "points"),
        ({"token": ""}, "payment"),
        ({"goods": 0}, "goods"),
        ({"goods": -2}, "goods"),
        ({"goods": 100}, "goods"),
        ({"goods": 6}, "goods"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(shop: Shop, change: dict[str, object], field: str) -> None:
    hold_id = held(shop)
    if "goods" in change:
        change = {"goods": [orders.Goods(shop.goods_id, change["goods"])]}

    with pytest.raises(Invalid) as refused:
        accept(shop, [hold_id], **change)

    assert list(refused.value.faults) == [field]
    assert shop.sql("SELECT count(*) AS n FROM orders")[0].n == 0
    assert shop.sql("SELECT order_id FROM reservations")[0].order_id is None


def test_an_empty_basket_a_strangers_hold_and_an_ended_one_are_refused(shop: Shop) -> None:
    with pytest.raises(orders.NothingToOrder):
        accept(shop, [])
    with pytest.raises(NotFound):
        accept(shop, [new_id()])
    hold_id = held(shop)
    shop.sql("UPDATE reservations SET expires_at = now() - interval '1 second'")
    with pytest.raises(reservations.HoldEnded):
        accept(shop, [hold_id])
    assert shop.sql("SELECT count(*) AS n FROM orders")[0].n == 0


def test_prices_in_two_currencies_are_not_added_up(shop: Shop) -> None:
    hold_id = held(shop)
    shop.sql("UPDATE holds SET currency = 'USD'")

    with pytest.raises(Invalid) as refused:
        accept(shop, [hold_id])
    assert list(refused.value.faults) == ["payment"]


def test_the_same_key_gives_the_same_order_and_another_request_under_it_is_refused(shop: Shop) -> None:
    hold_id, other = held(shop), held(shop, hour=14)
    first = accept(shop, [hold_id], idempotency_key="k")

    assert accept(shop, [hold_id], idempotency_key="k").id == first.id
    with pytest.raises(KeyReused):
        accept(shop, [other], idempotency_key="k")


def test_the_same_key_gives_the_same_order_even_when_its_holds_are_free_again(shop: Shop) -> None:
    hold_id = held(shop)
    declined = accept(shop, [hold_id], token="pm_card_chargeDeclined", idempotency_key="k")
    assert shop.drive("payment", declined.number) == "compensated"
    ends = shop.sql("SELECT expires_at FROM reservations")

    assert accept(shop, [hold_id], token="pm_card_chargeDeclined", idempotency_key="k").id == declined.id
    assert shop.sql("SELECT order_id FROM reservations")[0].order_id is None
    with pytest.raises(KeyReused):
        accept(shop, [hold_id], idempotency_key="k")
    assert shop.sql("SELECT order_id FROM reservations")[0].order_id is None
    assert shop.sql("SELECT expires_at FROM reservations") == ends
    assert accept(shop, [hold_id], idempotency_key="another").state == "processing"


def test_ten_at_once_that_only_take_goods_are_one_order_too(shop: Shop) -> None:
    with ThreadPoolExecutor(10) as pool:
        tea = [orders.Goods(shop.goods_id, 1)]
        made = list(pool.map(lambda _: accept(shop, [], goods=tea, idempotency_key="tea").id, range(10)))

    assert len(set(made)) == 1
    assert shop.sql("SELECT count(*) AS n FROM sagas")[0].n == 1
    assert shop.sql("SELECT count(*) AS n FROM order_lines")[0].n == 1


def test_ten_at_once_under_one_key_are_one_order_and_one_saga(shop: Shop) -> None:
    hold_id = held(shop)
    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(lambda _: accept(shop, [hold_id], idempotency_key="double click").id, range(10)))

    assert len(set(made)) == 1
    with shop.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sagas")).scalar_one() == 1


def test_who_comes_second_with_a_key_waits_for_the_first_and_gets_its_order(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one of the two would be told that the goods are gone, while the other has ordered them."""
    wants = [orders.Goods(shop.goods_id, 1)]
    hold_id, bind, counted, go_on = held(shop), reservations.bind, Event(), Event()

    def slowly(*given: Any, **more: Any) -> None:
        counted.set()
        assert go_on.wait(10)
        bind(*given, **more)

    with ThreadPoolExecutor(2) as pool:
        monkeypatch.setattr(reservations, "bind", slowly)
        first = pool.submit(accept, shop, [hold_id], goods=wants, idempotency_key="k")
        assert counted.wait(10)
        monkeypatch.setattr(reservations, "bind", bind)
        shop.sql("UPDATE products SET stock = 0 WHERE stock IS NOT NULL")  # somebody else took the last one
        second = pool.submit(accept, shop, [hold_id], goods=wants, idempotency_key="k")
        assert not wait([second], timeout=0.3).done
        go_on.set()
        assert first.result(10).id == second.result(10).id
