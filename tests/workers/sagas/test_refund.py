"""A refund: money, points, goods and places back, or everything as it was."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from portal.domains import orders, payments, refunds
from portal.domains.payments.gateways import Repayment
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Invalid
from tests.support.till import Shop


@pytest.fixture
def bought(shop: Shop) -> orders.Order:
    order = shop.order()
    assert shop.drive("payment", order.number) == "done"
    return shop.get(order)


def test_a_refund_gives_back_money_points_goods_and_the_place(shop: Shop, bought: orders.Order) -> None:
    refund = shop.refund(bought)
    assert (refund.amount, refund.points, refund.accrual) == (Decimal(40000), 2000, 400)

    assert shop.drive("refund", str(refund.id)) == "done"

    done = shop.get(bought)
    assert (done.state, done.refunded, done.points_returned, done.points_accrued) == ("refunded", 40000, 2000, 0)
    assert shop.refunded(refund).state == "settled"
    assert shop.places() == ["CANCELLED"]
    assert shop.stock() == 5
    balance = shop.balance()
    assert (balance.balance, balance.held, balance.available) == (5000, 0, 5000)
    assert shop.sent_back(bought) == 40000
    assert shop.mails() == ["order_confirmed", "refund_done"]


def test_one_line_can_be_given_back_alone_and_the_rest_later(shop: Shop, bought: orders.Order) -> None:
    tea = next(line for line in bought.lines if line.kind == "goods")
    first = shop.refund(bought, [tea.id])
    assert shop.drive("refund", str(first.id)) == "done"

    after = shop.get(bought)
    assert (after.state, after.refunded) == ("completed", tea.charge_share)
    assert shop.places() == ["CONFIRMED"]
    assert shop.stock() == 5

    second = shop.refund(bought)
    assert shop.drive("refund", str(second.id)) == "done"
    done = shop.get(bought)
    assert (done.state, done.refunded, done.points_returned, done.points_accrued) == ("refunded", 40000, 2000, 0)
    assert shop.sent_back(bought) == 40000
    assert shop.balance().available == 5000


def test_a_refund_the_provider_refuses_leaves_everything_as_it_was(shop: Shop, bought: orders.Order) -> None:
    before = shop.balance()
    pay_back_elsewhere(shop, bought)
    refund = shop.refund(bought)

    assert shop.drive("refund", str(refund.id)) == "compensated"

    assert shop.refunded(refund).state == "cancelled"
    assert shop.get(bought).state == "completed"
    assert shop.places() == ["CONFIRMED"]
    assert shop.balance() == before
    assert shop.sql("SELECT refunding, refunded FROM payments")[0] == (0, 0)
    assert shop.mails() == ["order_confirmed"]


@pytest.mark.parametrize("fault", ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"])
def test_a_refund_without_an_answer_is_asked_for_and_sent_once(shop: Shop, bought: orders.Order, fault: str) -> None:
    shop.provider.fault("refund", fault, times=1, seconds=2)
    refund = shop.refund(bought)

    assert shop.drive("refund", str(refund.id)) == "done"
    assert shop.sent_back(bought) == 40000
    refunds_there = [r["metadata"].get("key", "") for r in shop.provider.books()["refunds"]]
    assert len([key for key in refunds_there if key.startswith(saga_of(shop))]) == 1


def test_accrued_points_that_were_spent_go_all_the_same_and_only_here_below_zero(
    shop: Shop, bought: orders.Order
) -> None:
    spending = shop.order(points=3400, tea=0, hour=15)
    assert shop.drive("payment", spending.number) == "done"
    refund = shop.refund(bought)

    assert shop.drive("refund", str(refund.id)) == "done"
    # 5000 − 2000 + 400 − 3400 + 266, then 2000 back and the 400 gone
    assert shop.balance().balance == 5000 - 2000 + 400 - 3400 + 266 + 2000 - 400


def test_a_pending_refund_is_sent_and_settles_when_the_provider_says_so(shop: Shop) -> None:
    order = shop.order(card="pm_card_pendingRefund")
    shop.drive("payment", order.number)
    refund = shop.refund(order)

    assert shop.drive("refund", str(refund.id)) == "done"
    assert shop.refunded(refund).state == "sent"
    ref = shop.sql("SELECT provider_ref FROM payment_attempts WHERE kind = 'refund'")[0].provider_ref

    with transaction(shop.engine) as tx:
        assert refunds.settled(tx, Repayment(ref, "done"))
    with transaction(shop.engine) as tx:
        assert not refunds.settled(tx, Repayment(ref, "done")), "a second time changes nothing"
    assert shop.refunded(refund).state == "settled"


def test_news_of_a_refund_that_is_just_being_sent_is_asked_for_again_later(shop: Shop) -> None:
    order = shop.order(card="pm_card_pendingRefund")
    shop.drive("payment", order.number)
    refund = shop.refund(order)
    shop.provider.fault("refund", "cut_after")
    assert shop.driver.visit(shop.progress("refund", str(refund.id)).id) == "unknown"
    charge_ref = shop.sql("SELECT provider_ref FROM payments")[0].provider_ref
    ref = next(r["id"] for r in shop.provider.books()["refunds"] if r["payment_intent"] == charge_ref)

    with pytest.raises(payments.NotYet), transaction(shop.engine) as tx:
        refunds.settled(tx, Repayment(ref, "done"), charge_ref)

    assert shop.drive("refund", str(refund.id)) == "done"
    with transaction(shop.engine) as tx:
        assert refunds.settled(tx, Repayment(ref, "done"), charge_ref)


def test_while_a_refund_is_open_no_second_one_is_begun(shop: Shop, bought: orders.Order) -> None:
    with transaction(shop.engine) as tx:
        refunds.request(tx, shop.get(bought), by=shop.account_id, reason="ill", now=clock.now())

    with pytest.raises(refunds.AlreadyAsked), transaction(shop.engine) as tx:
        refunds.request(tx, shop.get(bought), by=shop.account_id, reason="ill", now=clock.now())


def test_ten_requests_at_once_under_one_key_are_one_refund(shop: Shop, bought: orders.Order) -> None:
    def ask(_n: int) -> object:
        with transaction(shop.engine) as tx:
            order = orders.get_order(tx, bought.id)
            asked = refunds.request(
                tx, order, by=shop.account_id, reason="ill", now=clock.now(), idempotency_key="double click"
            )
            return asked.id

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(ask, range(10)))) == 1


def test_a_refund_is_decided_once(shop: Shop, bought: orders.Order) -> None:
    refund = shop.refund(bought)

    with pytest.raises(refunds.AlreadyDecided), transaction(shop.engine) as tx:
        refunds.reject(tx, refund.id, by=shop.account_id, reason="too late", now=clock.now())


def test_a_rejection_needs_a_reason_and_sends_it(shop: Shop, bought: orders.Order) -> None:
    with transaction(shop.engine) as tx:
        asked = refunds.request(tx, shop.get(bought), by=shop.account_id, reason="ill", now=clock.now())
    with pytest.raises(Invalid), transaction(shop.engine) as tx:
        refunds.reject(tx, asked.id, by=shop.account_id, reason="  ", now=clock.now())

    with transaction(shop.engine) as tx:
        refunds.reject(tx, asked.id, by=shop.account_id, reason="It has begun.", now=clock.now())
    assert shop.mails() == ["order_confirmed", "refund_rejected"]
    assert shop.sent_back(bought) == 0


def saga_of(shop: Shop) -> str:
    return str(shop.sql("SELECT id FROM sagas WHERE kind = 'refund'")[0].id)


def pay_back_elsewhere(shop: Shop, order: orders.Order) -> None:
    """Somebody sent the money back by hand at the provider, so that there is nothing left to send."""
    from portal.domains import payments

    ref = shop.sql("SELECT provider_ref FROM payments")[0].provider_ref
    payments.current().repay(ref, amount=order.charge, currency="KRW", key=f"by hand {order.number}")
