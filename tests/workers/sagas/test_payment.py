"""A booking: paid with points and card, or undone to the last point, whatever the provider does."""

import pytest
import requests

from portal.domains import reservations
from portal.kernel import sagas
from portal.kernel.db import transaction
from tests.support.till import Shop


def test_a_paid_booking_is_completed_with_its_place_points_stock_and_mail(shop: Shop) -> None:
    order = shop.order()
    assert (order.state, order.total, order.points_used, order.charge) == ("processing", 42000, 2000, 40000)

    assert shop.drive("payment", order.number) == "done"

    done = shop.get(order)
    assert (done.state, done.points_accrued) == ("completed", 400)
    assert shop.places() == ["CONFIRMED"]
    assert shop.stock() == 3
    assert shop.balance().balance == 5000 - 2000 + 400
    assert shop.charged(order) == [40000]
    assert shop.mails() == ["order_confirmed"]
    assert [step.state for step in shop.progress("payment", order.number).steps] == ["done"] * 8


def test_a_declined_card_gives_back_points_stock_and_the_place_for_another_try(shop: Shop) -> None:
    order = shop.order(card="pm_card_chargeDeclined")
    shop.sql("UPDATE reservations SET expires_at = now() + interval '10 seconds'")

    assert shop.drive("payment", order.number) == "compensated"

    done = shop.get(order)
    assert (done.state, done.refusal) == ("cancelled", "card-declined")
    assert shop.places() == ["PENDING"]
    assert shop.stock() == 5
    assert shop.balance().available == 5000
    assert shop.charged(order) == []
    assert shop.mails() == []
    left = shop.sql("SELECT expires_at - now() > interval '4 minutes' AS enough, order_id FROM reservations")
    assert left[0].enough
    assert left[0].order_id is None


def test_goods_that_sold_out_meanwhile_refuse_the_order(shop: Shop) -> None:
    order = shop.order(tea=2)
    shop.sql("UPDATE products SET stock = 1 WHERE kind = 'goods'")

    assert shop.drive("payment", order.number) == "compensated"
    assert shop.get(order).refusal == "out-of-stock"
    assert (shop.stock(), shop.balance().available, shop.charged(order)) == (1, 5000, [])


def test_points_that_were_spent_meanwhile_refuse_the_order_and_the_stock_comes_back(shop: Shop) -> None:
    first, second = shop.order(points=4000, hour=10), shop.order(points=4000, hour=12)
    assert shop.drive("payment", first.number) == "done"

    assert shop.drive("payment", second.number) == "compensated"
    assert shop.get(second).refusal == "not-enough-points"
    assert shop.stock() == 3
    assert shop.charged(second) == []


def test_an_order_paid_by_points_alone_calls_no_provider(shop: Shop) -> None:
    shop.sql("UPDATE prices SET amount = 1000 WHERE unit = 'booking'")
    order = shop.order(card="", points=1000, tea=0)

    assert shop.drive("payment", order.number) == "done"
    assert shop.get(order).state == "completed"
    assert shop.charged(order) == []
    assert shop.balance().balance == 4000


@pytest.mark.parametrize("on", ["create", "confirm"])
@pytest.mark.parametrize("fault", ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"])
def test_an_answer_that_does_not_come_is_asked_for_and_the_card_charged_once(shop: Shop, on: str, fault: str) -> None:
    shop.provider.fault(on, fault, times=1, seconds=2)
    order = shop.order()

    assert shop.drive("payment", order.number) == "done"
    assert shop.charged(order) == [40000]
    assert shop.get(order).state == "completed"


def test_while_the_provider_is_silent_nothing_is_undone(shop: Shop) -> None:
    shop.provider.fault("confirm", "cut_after")
    shop.provider.fault("retrieve", "error_before", times=50)
    order = shop.order()

    assert shop.drive("payment", order.number, visits=3) == "unknown"
    assert shop.sql("SELECT state FROM payments")[0].state == "unknown"
    assert shop.balance().available == 3000
    assert shop.places() == ["PENDING"]

    shop.provider.clear_faults()
    assert shop.drive("payment", order.number) == "done"
    assert shop.charged(order) == [40000]


def test_a_customer_who_confirms_at_the_bank_gets_the_booking(shop: Shop) -> None:
    order = shop.order(card="pm_card_threeDSecure2Required")

    assert shop.drive("payment", order.number) == "waiting"
    waiting = shop.get(order)
    assert waiting.state == "awaiting_payment"
    assert waiting.action_url
    assert waiting.pay_by
    assert shop.places() == ["PENDING"]

    confirm(waiting.action_url, "confirm")
    with transaction(shop.engine) as tx:
        sagas.engine().wake(tx, "payment", order.number)
    assert shop.drive("payment", order.number) == "done"
    done = shop.get(order)
    assert (done.state, done.action_url) == ("completed", None)
    assert shop.charged(order) == [40000]


def test_a_customer_who_refuses_at_the_bank_is_charged_nothing(shop: Shop) -> None:
    order = shop.order(card="pm_card_threeDSecure2Required")
    shop.drive("payment", order.number)
    action = shop.get(order).action_url
    assert action

    confirm(action, "refuse")
    with transaction(shop.engine) as tx:
        sagas.engine().wake(tx, "payment", order.number)
    assert shop.drive("payment", order.number) == "compensated"
    done = shop.get(order)
    assert (done.state, done.refusal) == ("cancelled", "confirmation-refused")
    assert shop.charged(order) == []
    assert shop.balance().available == 5000
    assert shop.mails() == [], "they come back from the bank to the order's page, which says so"


def test_a_customer_who_never_confirms_is_cancelled_at_the_provider_first(shop: Shop) -> None:
    order = shop.order(card="pm_card_threeDSecure2Required", pay_within=0)
    assert shop.drive("payment", order.number) == "waiting"

    assert shop.drive("payment", order.number) == "compensated"
    assert shop.get(order).refusal == "not-confirmed"
    assert shop.mails() == ["order_cancelled"]
    statuses = [
        payment["status"]
        for payment in shop.provider.books()["payments"]
        if payment["metadata"].get("order") == order.number
    ]
    assert statuses == ["canceled"]


def test_the_place_of_a_declined_order_can_be_ordered_again(shop: Shop) -> None:
    declined = shop.order(card="pm_card_chargeDeclined", tea=0)
    shop.drive("payment", declined.number)

    again = shop.order(card="pm_card_visa", tea=0)
    assert shop.drive("payment", again.number) == "done"
    assert shop.places().count("CONFIRMED") == 1


def test_a_hold_in_an_order_is_nobody_elses(shop: Shop) -> None:
    shop.order()
    shop.sql("UPDATE reservations SET expires_at = now() - interval '1 hour'")

    with pytest.raises(reservations.SlotTaken):
        shop.order(points=0)


def confirm(url: str, decision: str) -> None:
    """Presses a button on the provider's page, as a customer would."""
    answer = requests.post(url, data={"decision": decision}, timeout=5, allow_redirects=False)
    assert answer.status_code < 400, answer.text
