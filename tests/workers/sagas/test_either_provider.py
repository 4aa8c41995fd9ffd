"""The same booking with each provider: paid once, or nothing taken, whatever goes wrong on the way."""

import pytest

from portal.domains import orders
from portal.kernel import sagas
from portal.kernel.db import transaction
from portal.kernel.sagas import Verdict
from tests.support.till import Shop
from tests.workers.sagas.conftest import Counter, nothing_taken, toss_plugged

FAULTS = ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"]


def test_a_paid_booking_is_completed(counter: Counter) -> None:
    order, ended = counter.buy()
    assert ended == "done"
    assert counter.shop.get(order).state == "completed"
    assert counter.shop.charged(order) == [40000]
    assert counter.shop.places() == ["CONFIRMED"]


def test_a_card_without_funds_leaves_everything_as_it_was(counter: Counter) -> None:
    order, ended = counter.buy("no_funds")
    assert ended == "compensated"
    assert counter.shop.get(order).refusal == "card-declined"
    nothing_taken(counter.shop, order)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_does_not_come_is_asked_for_and_the_card_charged_once(counter: Counter, fault: str) -> None:
    counter.shop.provider.fault("confirm", fault, times=1, seconds=2)
    order, ended = counter.buy()
    assert ended == "done"
    assert counter.shop.charged(order) == [40000]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refund_goes_back_once_whatever_becomes_of_the_answer(counter: Counter, fault: str) -> None:
    order, _ = counter.buy()
    line = next(line for line in counter.shop.get(order).lines if line.kind == "goods")
    part = counter.shop.refund(order, [line.id])
    counter.shop.provider.fault("refund", fault, times=1, seconds=2)
    assert counter.shop.drive("refund", str(part.id)) == "done"
    assert counter.shop.sent_back(order) == part.amount
    rest = counter.shop.refund(order)
    assert counter.shop.drive("refund", str(rest.id)) == "done"
    assert counter.shop.sent_back(order) == counter.shop.get(order).charge == part.amount + rest.amount


@pytest.mark.parametrize("free", [True, False], ids=["free", "taken"])
def test_money_that_was_there_after_a_person_gave_it_up_is_booked_or_goes_back(counter: Counter, free: bool) -> None:
    shop, order = counter.shop, counter.asked()
    shop.provider.fault("confirm", "cut_after")
    assert shop.drive("payment", order.number, visits=1) == "unknown"
    shop.provider.fault("retrieve", "error_before", times=50)
    with transaction(shop.engine) as tx:
        assert sagas.engine().resolve(tx, "payment", order.number, Verdict("refused", "Nobody answers for days."))
    assert shop.drive("payment", order.number) == "compensated"
    shop.provider.clear_faults()
    shop.sql("UPDATE reservations SET status = 'CANCELLED'")
    ended(counter, order, free=free)


def test_money_that_toss_denied_past_the_settling_time_is_booked_or_goes_back(toss: Counter) -> None:
    order = toss.asked()
    toss.shop.provider.fault("confirm", "cut_after")
    assert toss.shop.drive("payment", order.number, visits=1) == "unknown"
    toss.shop.provider.fault("retrieve", "hidden")
    toss.shop.provider.fault("confirm", "hidden")
    assert toss.shop.drive("payment", order.number) == "compensated"
    assert toss.shop.get(order).refusal == "not-confirmed"
    assert toss.shop.charged(order) == [40000], "and it was there"
    ended(toss, order, free=True)


def ended(counter: Counter, order: orders.Order, *, free: bool) -> None:
    shop = counter.shop
    if not free:
        shop.take_the_place()
    assert shop.take_in(order)
    assert shop.drive("late_payment", order.number) == ("done" if free else "compensated")
    if not free:
        assert shop.drive("late_refund", order.number) == "done"
    assert shop.get(order).state == ("completed" if free else "cancelled")
    assert (shop.charged(order), shop.sent_back(order)) == ([40000], 0 if free else 40000)
    assert not shop.take_in(order), "once"


def test_an_order_is_repaid_by_the_provider_that_took_its_money(shop: Shop) -> None:
    stripe = Counter(shop, "stripe")
    order, _ = stripe.buy()
    toss_plugged(shop)
    refund = shop.refund(order)
    assert shop.drive("refund", str(refund.id)) == "done"
    assert shop.sent_back(order) == 40000
