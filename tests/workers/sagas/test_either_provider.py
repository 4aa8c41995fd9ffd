"""The same booking with each provider: paid once, or nothing taken, whatever goes wrong on the way."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from portal.domains import orders, payments
from portal.domains.payments.gateways.toss import TossGateway
from portal.kernel import sagas
from portal.kernel.db import transaction
from portal.kernel.sagas import Verdict
from tests.support.till import Shop

STRIPE_CARDS = {"pays": "pm_card_visa", "no_funds": "pm_card_chargeDeclinedInsufficientFunds"}
FAULTS = ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"]


@dataclass
class Counter:
    """One shop, and customers who pay there the way its provider wants it."""

    shop: Shop
    provider: str

    def buy(self, card: str = "pays", **more: int) -> tuple[orders.Order, str]:
        """Orders and pays; the order, and how its saga ended."""
        order = self.asked(card, **more)
        return order, self.shop.drive("payment", order.number)

    def asked(self, card: str = "pays", **more: int) -> orders.Order:
        """An order of somebody who agreed to pay; nobody has worked on it since."""
        if self.provider == "stripe":
            return self.shop.order(card=STRIPE_CARDS[card], **more)
        order = self.shop.order(card="toss", **more)
        assert self.shop.drive("payment", order.number) == "waiting"
        self.come_back(order, self.decide(order, "pay", card))
        return order

    def decide(self, order: orders.Order, decision: str, card: str = "pays") -> dict[str, str]:
        """What the customer does in the window; what their browser brings along from it."""
        window = requests.get(str(self.shop.get(order).action_url), timeout=5)
        data = {"decision": decision, "card": card}
        answer = requests.post(window.url, data=data, timeout=5, allow_redirects=False)
        back = urlsplit(answer.headers["Location"])
        assert back.path == f"/orders/{order.number}"
        return dict(parse_qsl(back.query))

    def come_back(self, order: orders.Order, query: dict[str, str]) -> None:
        with transaction(self.shop.engine) as tx:
            assert payments.come_back(tx, orders.get_order(tx, order.id), query)

    def hear(self, body: bytes) -> bool:
        """The provider tells something by itself."""
        gateway = payments.named(self.provider)
        with transaction(self.shop.engine) as tx:
            return payments.take_in(tx, self.provider, gateway.read_event({}, body))


def toss_plugged(shop: Shop) -> Counter:
    base = shop.provider.url
    payments.plug(TossGateway("test_sk_local", window_url=f"{base}/toss/window", api_base=base, timeout=1.0))
    return Counter(shop, "toss")


@pytest.fixture(params=["stripe", "toss"])
def counter(request: pytest.FixtureRequest, shop: Shop) -> Counter:
    return toss_plugged(shop) if request.param == "toss" else Counter(shop, "stripe")


@pytest.fixture
def toss(shop: Shop) -> Iterator[Counter]:
    """What only happens with Toss."""
    yield toss_plugged(shop)
    shop.provider.set(toss_confirm_ms=600_000)


def nothing_taken(shop: Shop, order: orders.Order) -> None:
    assert shop.get(order).state == "cancelled"
    assert shop.charged(order) == []
    assert (shop.balance().available, shop.stock(), shop.places()) == (5000, 5, ["PENDING"])


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
