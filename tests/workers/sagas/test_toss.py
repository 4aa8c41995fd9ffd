"""A booking paid through Toss: the customer first, in its window, and a browser and news that are believed nothing."""

import json
from decimal import Decimal

import pytest

from portal.domains import orders, payments
from portal.kernel.db import transaction
from tests.workers.sagas.conftest import Counter, nothing_taken


def test_a_customer_who_does_not_come_is_charged_nothing(toss: Counter) -> None:
    order = toss.shop.order(card="toss", pay_within=0)
    assert toss.shop.drive("payment", order.number) == "waiting"
    assert toss.shop.drive("payment", order.number) == "compensated"
    assert toss.shop.get(order).refusal == "not-confirmed"
    nothing_taken(toss.shop, order)


def test_a_customer_who_closed_the_window_can_open_it_again(toss: Counter) -> None:
    order = toss.shop.order(card="toss")
    toss.shop.drive("payment", order.number)
    toss.come_back(order, toss.decide(order, "close"))
    assert toss.shop.drive("payment", order.number) == "waiting"
    toss.come_back(order, toss.decide(order, "pay"))
    assert toss.shop.drive("payment", order.number) == "done"
    assert toss.shop.charged(order) == [40000]


def test_a_decline_in_the_window_is_a_declined_card(toss: Counter) -> None:
    order = toss.shop.order(card="toss")
    toss.shop.drive("payment", order.number)
    toss.come_back(order, toss.decide(order, "decline"))
    assert toss.shop.drive("payment", order.number) == "compensated"
    assert toss.shop.get(order).refusal == "card-declined"
    nothing_taken(toss.shop, order)


def test_an_authorisation_that_ran_out_took_nothing(toss: Counter) -> None:
    toss.shop.provider.set(toss_confirm_ms=0)
    order, ended = toss.buy()
    assert ended == "compensated"
    assert toss.shop.get(order).refusal == "not-confirmed"
    nothing_taken(toss.shop, order)


def test_a_customer_who_paid_and_never_came_back_is_found(toss: Counter) -> None:
    order = toss.shop.order(card="toss")
    toss.shop.drive("payment", order.number)
    toss.decide(order, "pay")
    assert toss.shop.drive("payment", order.number) == "done"
    assert toss.shop.charged(order) == [40000]


@pytest.mark.parametrize("forged", [{"amount": "100"}, {"orderId": "J-0000-0000-1"}, {"paymentKey": "../orders/x"}])
def test_what_a_browser_makes_up_is_not_taken(toss: Counter, forged: dict[str, str]) -> None:
    order = toss.shop.order(card="toss")
    toss.shop.drive("payment", order.number)
    brought = toss.decide(order, "pay")
    with transaction(toss.shop.engine) as tx:
        payments.come_back(tx, orders.get_order(tx, order.id), brought | forged)
    assert toss.shop.sql("SELECT provider_ref FROM payments")[0].provider_ref is None


def test_a_charge_agreed_to_for_less_is_never_taken_for_a_payment(toss: Counter) -> None:
    """The window is opened with another amount; the address that comes back says the right one."""
    order = toss.shop.order(card="toss")
    toss.shop.drive("payment", order.number)
    ref = toss.shop.provider.authorise(f"{order.number}-1", 100)
    toss.come_back(order, {"paymentKey": ref, "orderId": f"{order.number}-1", "amount": str(order.charge)})
    assert toss.shop.drive("payment", order.number) != "done"
    assert toss.shop.charged(order) == []


def test_a_reference_that_was_made_up_ends_the_order_and_takes_nothing(toss: Counter) -> None:
    order = toss.shop.order(card="toss")
    toss.shop.drive("payment", order.number)
    brought = {"paymentKey": "tpay_x", "orderId": f"{order.number}-1", "amount": str(int(order.charge))}
    toss.come_back(order, brought)
    assert toss.shop.drive("payment", order.number) == "compensated"
    nothing_taken(toss.shop, order)


def test_news_nobody_signed_only_wakes_an_order_of_ours_once(toss: Counter) -> None:
    order, _ = toss.buy()
    ref = toss.shop.sql("SELECT provider_ref FROM payments")[0].provider_ref

    def told(**more: str) -> bytes:
        data = {"orderId": f"{order.number}-1", "paymentKey": ref, "status": "CANCELED"} | more
        return json.dumps({"eventType": "PAYMENT_STATUS_CHANGED", "data": data}).encode()

    assert toss.hear(told())
    assert not toss.hear(told()), "the second time it is the same"
    assert not toss.hear(told(orderId="J-0000-0000-1")), "an order nobody knows"
    assert not toss.hear(told(paymentKey="tpay_other")), "another charge than ours"
    assert len(toss.shop.sql("SELECT * FROM provider_events")) == 1
    assert toss.shop.drive("payment", order.number) == "done"
    assert toss.shop.get(order).refunded == Decimal(0), "what it says is not believed"


def test_news_wakes_a_customer_who_never_came_back(toss: Counter) -> None:
    order = toss.shop.order(card="toss")
    toss.shop.drive("payment", order.number)
    brought = toss.decide(order, "pay")
    toss.shop.sql("UPDATE sagas SET next_at = now() + interval '20 minutes'")
    data = {"orderId": brought["orderId"], "paymentKey": brought["paymentKey"], "status": "IN_PROGRESS"}
    assert toss.hear(json.dumps({"eventType": "PAYMENT_STATUS_CHANGED", "data": data}).encode())
    assert toss.shop.drive("payment", order.number) == "done"
