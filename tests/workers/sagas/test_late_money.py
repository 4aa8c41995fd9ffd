"""Money that comes after its order was given up: into the same booking if everything is still free, else back whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.domains import orders, payments, refunds, reservations
from portal.domains.payments.gateways import Repayment
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.support.till import Shop
from workers.engine import archive


def test_late_money_books_the_same_again_if_it_is_free(shop: Shop) -> None:
    order = shop.given_up()
    shop.pay_late(order)
    assert shop.take_in(order)

    assert shop.drive("late_payment", order.number) == "done"

    done = shop.get(order)
    assert (done.state, done.points_accrued) == ("completed", 400)
    assert shop.places() == ["CANCELLED", "CONFIRMED"]
    assert shop.stock() == 3
    assert shop.balance().balance == 5000 - 2000 + 400
    assert (shop.charged(order), shop.sent_back(order)) == ([40000], 0)
    assert money(shop) == ("paid", 40000, 0, 0)
    assert shop.mails() == ["late_booked"]


def test_late_money_for_a_place_its_customer_still_holds_takes_that_very_hold(shop: Shop) -> None:
    order = shop.given_up(keeps=True)
    shop.pay_late(order)
    shop.take_in(order)

    assert shop.drive("late_payment", order.number) == "done"
    assert shop.places() == ["CONFIRMED"]


def test_late_money_for_a_place_that_is_gone_goes_back_whole(shop: Shop) -> None:
    order = shop.given_up()
    shop.take_the_place()
    shop.pay_late(order)
    shop.take_in(order)

    assert shop.drive("late_payment", order.number) == "compensated"
    assert money(shop) == ("paid", 40000, 40000, 0), "set aside by the way back itself"
    assert shop.drive("late_refund", order.number) == "done"

    given_back_whole(shop, order)
    assert shop.mails() == ["late_given_back"]
    assert shop.sql("SELECT data FROM mails")[0].data["refusal"] == "slot-taken"


def given_back_whole(shop: Shop, order: orders.Order) -> None:
    done = shop.get(order)
    assert (done.state, done.refusal, done.refunded) == ("cancelled", "card-declined", 40000)
    assert "CONFIRMED" not in shop.places()
    assert shop.sql("SELECT count(*) AS bound FROM reservations WHERE order_id IS NOT NULL")[0].bound == 0
    assert (shop.stock(), shop.balance().balance, shop.balance().held) == (5, 5000, 0)
    assert (shop.charged(order), shop.sent_back(order)) == ([40000], 40000)
    assert money(shop) == ("paid", 40000, 0, 40000)
    with transaction(shop.engine) as tx:
        (refund,) = refunds.refunds_of(tx, order.id)
    assert (refund.state, refund.amount, refund.points, refund.accrual) == ("settled", 40000, 0, 0)


@pytest.mark.parametrize(
    ("gone", "code"),
    [
        ("UPDATE products SET stock = 1 WHERE kind = 'goods'", "out-of-stock"),
        ("UPDATE holds SET starts_at = now() - interval '1 minute'", "not-bookable"),
        ("UPDATE products SET withdrawn_at = now() WHERE kind <> 'goods'", "not-bookable"),
    ],
)
def test_whatever_is_gone_sends_the_money_back(shop: Shop, gone: str, code: str) -> None:
    order = shop.given_up()
    shop.sql(gone)
    shop.pay_late(order)
    shop.take_in(order)

    assert shop.drive("late_payment", order.number) == "compensated"
    assert shop.drive("late_refund", order.number) == "done"

    shop.sql("UPDATE products SET stock = 5 WHERE kind = 'goods'")
    given_back_whole(shop, order)
    assert shop.sql("SELECT data FROM mails")[0].data["refusal"] == code


def test_points_that_were_spent_meanwhile_send_the_money_back_and_free_the_place_at_once(shop: Shop) -> None:
    order = shop.given_up()
    other = shop.order(points=4000, tea=0, hour=14)
    assert shop.drive("payment", other.number) == "done"
    before = shop.balance()
    shop.pay_late(order)
    shop.take_in(order)

    assert shop.drive("late_payment", order.number) == "compensated"
    assert shop.drive("late_refund", order.number) == "done"

    assert (shop.balance(), shop.stock(), shop.sent_back(order)) == (before, 5, 40000)
    shop.take_the_place()


def test_who_has_booked_the_time_again_meanwhile_pays_once(shop: Shop) -> None:
    more_places(shop)
    order = shop.given_up()
    again = shop.order(tea=0)
    assert shop.drive("payment", again.number) == "done"
    shop.pay_late(order)
    shop.take_in(order)

    assert shop.drive("late_payment", order.number) == "compensated"
    assert shop.drive("late_refund", order.number) == "done"
    assert (shop.get(again).state, shop.get(order).state) == ("completed", "cancelled")
    assert (shop.sent_back(again), shop.sent_back(order)) == (0, 40000)
    mail = shop.sql("SELECT data FROM mails WHERE template = 'late_given_back'")[0]
    assert mail.data["refusal"] == "booked-meanwhile"


def test_where_each_person_books_a_time_once_late_money_books_it_and_it_is_theirs(shop: Shop) -> None:
    more_places(shop)
    shop.sql("UPDATE offerings SET once_each = true")
    order = shop.given_up()
    shop.pay_late(order)
    shop.take_in(order)

    assert shop.drive("late_payment", order.number) == "done"
    with pytest.raises(reservations.AlreadyYours):
        shop.order(tea=0)


def more_places(shop: Shop) -> None:
    shop.sql("UPDATE resources SET units = 3")
    shop.sql("INSERT INTO resource_units (resource_id, unit) SELECT id, n FROM resources, generate_series(2, 3) n")


@pytest.mark.parametrize("fault", ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"])
def test_late_money_goes_back_once_whatever_becomes_of_the_answer(shop: Shop, fault: str) -> None:
    order = shop.given_up()
    shop.take_the_place()
    shop.pay_late(order)
    shop.take_in(order)
    shop.drive("late_payment", order.number)
    shop.provider.fault("refund", fault, times=1, seconds=2)

    assert shop.drive("late_refund", order.number) == "done"
    given_back_whole(shop, order)


def test_a_provider_that_refuses_to_send_late_money_back_is_a_matter_for_people(shop: Shop) -> None:
    order = shop.given_up()
    shop.take_the_place()
    ref = shop.pay_late(order)
    shop.take_in(order)
    shop.drive("late_payment", order.number)
    payments.current().repay(ref, amount=order.charge, currency="KRW", key="by hand")

    assert shop.drive("late_refund", order.number, visits=3) == "unknown"
    shop.sql("UPDATE sagas SET failing_since = now() - interval '1 day', next_at = now() WHERE kind = 'late_refund'")
    assert shop.drive("late_refund", order.number, visits=1) == "parked"
    assert money(shop) == ("paid", 40000, 40000, 0)
    assert shop.mails() == []


def test_a_pending_way_back_is_settled_when_the_provider_says_so(shop: Shop) -> None:
    order = shop.given_up()
    shop.take_the_place()
    ref = shop.sql("SELECT provider_ref FROM payments")[0].provider_ref
    given: Any = {"amount": order.charge, "currency": "KRW", "order_number": order.number}
    payments.current().confirm(ref, **given, token="pm_card_pendingRefund", return_url="http://localhost/x", key="late")
    shop.take_in(order)
    shop.drive("late_payment", order.number)

    assert shop.drive("late_refund", order.number) == "done"
    with transaction(shop.engine) as tx:
        (refund,) = refunds.refunds_of(tx, order.id)
    assert refund.state == "sent"
    told = shop.sql("SELECT provider_ref FROM payment_attempts WHERE kind = 'refund'")[0].provider_ref
    with transaction(shop.engine) as tx:
        assert refunds.settled(tx, Repayment(told, "done"))


def test_however_many_tell_of_it_it_is_booked_once(shop: Shop) -> None:
    order = shop.given_up()
    shop.pay_late(order)
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda how: shop.take_in(order, how), ["provider", "comparison", "staff"] * 2))

    assert len(shop.sql("SELECT 1 FROM sagas WHERE kind = 'late_payment'")) == 1
    assert shop.drive("late_payment", order.number) == "done"
    assert not shop.take_in(order), "it is paid now, and nobody is asked"
    assert shop.balance().balance == 5000 - 2000 + 400


def test_an_order_whose_process_was_archived_long_ago_is_booked_again_all_the_same(shop: Shop) -> None:
    order = shop.given_up()
    with transaction(shop.engine) as tx:
        assert archive(tx, now=clock.now() + timedelta(days=1), age=timedelta(hours=1)) == 1
    shop.pay_late(order)
    shop.take_in(order)

    assert shop.drive("late_payment", order.number) == "done"
    assert shop.get(order).points_accrued == 400


def test_an_order_without_a_place_is_booked_again_too(shop: Shop) -> None:
    tea = [orders.Goods(shop.goods_id, 2)]
    given: Any = {"account_id": shop.account_id, "hold_ids": [], "goods": tea, "now": clock.now()}
    with transaction(shop.engine) as tx:
        order = orders.accept(tx, **given, token="pm_card_chargeDeclined")
    assert shop.drive("payment", order.number) == "compensated"
    shop.pay_late(order)
    shop.take_in(order)

    assert shop.drive("late_payment", order.number) == "done"
    assert (shop.get(order).state, shop.stock(), shop.mails()) == ("completed", 3, ["late_booked"])


def test_only_what_was_given_up_is_taken_in(shop: Shop) -> None:
    order = shop.order()
    assert shop.drive("payment", order.number) == "done"
    charge = shop.sql("SELECT key, provider_ref FROM payment_attempts")[0]
    asked: Any = {"order_id": order.id, "number": order.number, "charge": order.charge, "attempt": charge.key}
    with pytest.raises(RuntimeError), transaction(shop.engine) as tx:
        payments.take_in_late(tx, **asked, ref=charge.provider_ref, told_by="provider", found_by=None)
    assert not shop.take_in(order)


def test_what_was_booked_late_can_be_given_back_like_any_other(shop: Shop) -> None:
    order = shop.given_up()
    shop.pay_late(order)
    shop.take_in(order)
    shop.drive("late_payment", order.number)

    refund = shop.refund(order)
    assert (refund.amount, refund.points, refund.accrual) == (Decimal(40000), 2000, 400)
    assert shop.drive("refund", str(refund.id)) == "done"
    assert (shop.get(order).state, shop.sent_back(order)) == ("refunded", 40000)
    assert (shop.balance().balance, shop.balance().held, shop.stock()) == (5000, 0, 5)
    assert shop.places() == ["CANCELLED", "CANCELLED"]


def test_a_day_so_busy_that_its_turn_did_not_come_is_tried_again_and_sends_nothing_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.given_up()
    shop.pay_late(order)
    shop.take_in(order)

    def busy(*_: object, **__: object) -> None:
        raise reservations.SlotBusy

    with monkeypatch.context() as patch:
        patch.setattr(reservations, "take_again", busy)
        assert shop.drive("late_payment", order.number, visits=2) == "running"
    assert money(shop)[0] == "paid", "the step before it is kept"
    assert shop.drive("late_payment", order.number) == "done"


def money(shop: Shop) -> tuple[Any, ...]:
    return tuple(shop.sql("SELECT state, amount, refunding, refunded FROM payments ORDER BY created_at LIMIT 1")[0])
