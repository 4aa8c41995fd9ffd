"""Who may move what, and when; and what is asked at once or twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.domains import moving, orders, refunds
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Invalid, KeyReused
from tests.support.till import Shop
from tests.workers.sagas.moves.books import adds_up, as_it_was


def test_the_same_key_is_the_same_move_and_another_request_with_it_is_refused(shop: Shop) -> None:
    order = shop.bought()
    first = shop.move(order, idempotency_key="k")
    assert shop.move(order, idempotency_key="k").id == first.id
    with pytest.raises(KeyReused):
        shop.move(order, 15, idempotency_key="k")
    assert shop.drive("move", first.number) == "done"
    assert shop.move(order, idempotency_key="k").state == "moved"
    assert shop.booked() == [(12, 13)]


def test_ten_at_once_under_one_key_are_one_move(shop: Shop) -> None:
    order = shop.bought()
    with ThreadPoolExecutor(10) as pool:
        numbers = set(pool.map(lambda _n: shop.move(order, idempotency_key="double click").number, range(10)))
    assert len(numbers) == 1


def test_while_it_moves_it_is_neither_moved_again_nor_given_back(shop: Shop) -> None:
    order = shop.bought()
    shop.move(order)
    with pytest.raises(moving.UnderWay):
        shop.move(order, 15)
    with pytest.raises(refunds.NotRefundable):
        shop.refund(order)


def test_while_a_refund_is_open_nothing_moves(shop: Shop) -> None:
    order = shop.bought()
    with transaction(shop.engine) as tx:
        refunds.request(tx, shop.get(order), by=shop.account_id, reason="ill", now=clock.now())
    with pytest.raises(moving.UnderWay):
        shop.move(order)


@pytest.mark.parametrize("state", ["processing", "awaiting_payment", "refunding"])
def test_before_an_order_is_paid_or_while_some_of_it_is_given_back_nothing_moves_yet(shop: Shop, state: str) -> None:
    order = shop.bought()
    shop.force(f"UPDATE orders SET state = '{state}'")
    with pytest.raises(moving.UnderWay):
        shop.move(order)


def test_of_a_move_and_a_refund_at_once_one_begins(shop: Shop) -> None:
    order = shop.bought(tea=0)

    def refund() -> str:
        try:
            with transaction(shop.engine) as tx:
                refunds.request(tx, orders.get_order(tx, order.id), by=shop.account_id, reason="ill", now=clock.now())
        except refunds.NotRefundable:
            return ""
        return "refund"

    def move() -> str:
        try:
            shop.move(order)
        except moving.UnderWay:
            return ""
        return "move"

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(refund), pool.submit(move)]
        assert len([one.result() for one in both if one.result()]) == 1


@pytest.mark.parametrize(("before", "hours", "may"), [(25, None, True), (23, None, False), (3, 2, True), (1, 2, False)])
def test_a_customer_moves_as_long_as_the_rule_says(shop: Shop, before: int, hours: int | None, may: bool) -> None:
    order = shop.bought()
    now = shop.start + timedelta(hours=10 - before)
    house = moving.House(hours=hours)
    if may:
        assert shop.move(order, 30, now=now, house=house).state == "requested"
    else:
        with pytest.raises(moving.NotMovable):
            shop.move(order, 30, now=now, house=house)


def test_staff_move_it_later_too_for_a_reason_and_never_for_more_money(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    now = shop.start + timedelta(hours=9)
    house = moving.House(by_staff=True)
    with pytest.raises(Invalid):
        shop.move(order, 14, now=now, house=house, card="")
    move = shop.move(order, 14, now=now, house=house, card="", reason="The room is being mended.")

    assert (move.charge, move.after) == (0, 30000)
    assert shop.drive("move", move.number) == "done"
    assert adds_up(shop, order).total == 42000
    said = shop.sql("SELECT details FROM audit_entries WHERE action = 'booking.moving'")[0].details
    assert said["reason"] == "The room is being mended."


def test_a_difference_that_was_not_shown_is_not_charged(shop: Shop) -> None:
    order = shop.bought()
    with transaction(shop.engine) as tx:
        line = order.lines[0]
        shown = moving.quote(tx, order, line.id, shop.wish(12), house=moving.House(), now=clock.now()).shown
    shop.costs(45000)
    with pytest.raises(moving.DifferenceChanged):
        shop.move(order, shown=shown)
    as_it_was(shop, order, order)
    shop.take_the_place(12)


def test_without_a_card_nothing_dearer_begins(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    with pytest.raises(Invalid) as said:
        shop.move(order, card="")
    assert set(said.value.faults) == {"payment"}


def test_to_where_it_is_already_nothing_moves(shop: Shop) -> None:
    with pytest.raises(moving.SameTime):
        shop.move(shop.bought(), 10)
