"""What every provider behind the port does, asked of each of them against the books of the practice company."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import requests

import local.provider
from portal.domains.payments.gateways import Charge, Gateway, Taken
from portal.domains.payments.gateways.port import Forged, RepaymentRefused
from portal.domains.payments.gateways.stripe import StripeGateway
from portal.domains.payments.gateways.toss import TossGateway
from portal.kernel.steps import Unknown

BACK = "http://shop.example/orders/1"
STRIPE_CARDS = {"pays": "pm_card_visa", "no_funds": "pm_card_chargeDeclinedInsufficientFunds"}


@dataclass
class Desk:
    """One order at one provider."""

    gateway: Gateway
    provider: local.provider.Provider
    number: str
    key: str
    amount: int = 30000

    def opened(self, card: str = "pays") -> str:
        """A charge that has taken nothing and can be confirmed; the customer has done their part."""
        charge = self._open()
        if self.gateway.customer_begins:
            return self.provider.authorise(self.gateway.order_ref(self.number, self.key), self.amount, card=card)
        assert charge.ref is not None
        return charge.ref

    def confirm(self, ref: str, card: str = "pays") -> Charge:
        asked: Any = {"amount": Decimal(self.amount), "currency": "KRW", "order_number": self.number}
        return self.gateway.confirm(ref, **asked, token=STRIPE_CARDS[card], return_url=BACK, key=self.key)

    def paid(self) -> str:
        ref = self.opened()
        assert self.confirm(ref).status == "paid"
        return ref

    def repay(self, ref: str, amount: int, key: str | None = None) -> Any:
        return self.gateway.repay(ref, amount=Decimal(amount), currency="KRW", key=key or self.key)

    def taken(self) -> list[int]:
        books = self.provider.books()["payments"]
        return [p["amount_received"] for p in books if p["metadata"]["order"] == self.number and p["amount_received"]]

    def sent_back(self) -> int:
        books = self.provider.books()["payments"]
        return sum(p["amount_refunded"] for p in books if p["metadata"]["order"] == self.number)

    def _open(self) -> Charge:
        asked: Any = {"amount": Decimal(self.amount), "currency": "KRW", "order_number": self.number}
        return self.gateway.open(**asked, return_url=BACK, key=self.key)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.provider.Provider]:
    with local.provider.running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture(params=["stripe", "toss"])
def desk(request: pytest.FixtureRequest, provider: local.provider.Provider) -> Iterator[Desk]:
    made: dict[str, Gateway] = {
        "stripe": StripeGateway("sk_test_local", webhook_secret="whsec_local", api_base=provider.url, timeout=1.0),
        "toss": toss_of(provider),
    }
    yield Desk(made[request.param], provider, f"J-{uuid4().hex[:12]}", f"{uuid4()}:pay:1")
    provider.clear_faults()
    provider.set(toss_confirm_ms=600_000)


@pytest.fixture
def toss(provider: local.provider.Provider) -> Iterator[Desk]:
    """What only Toss does."""
    yield Desk(toss_of(provider), provider, f"J-{uuid4().hex[:12]}", f"{uuid4()}:pay:1")
    provider.clear_faults()
    provider.set(toss_confirm_ms=600_000)


def toss_of(provider: local.provider.Provider) -> TossGateway:
    return TossGateway("test_sk_local", window_url=f"{provider.url}/toss/window", api_base=provider.url, timeout=1.0)


def test_an_opened_charge_has_taken_nothing(desk: Desk) -> None:
    found = desk.gateway.find(desk.opened())
    assert found is not None
    assert found.status == "open"
    assert desk.taken() == []


def test_a_confirmed_charge_is_paid_once_and_found_by_reference_and_by_key(desk: Desk) -> None:
    ref = desk.paid()
    assert desk.confirm(ref).status == "paid"

    for found in (desk.gateway.find(ref), desk.gateway.find_by_key(desk.number, desk.key)):
        assert found is not None
        assert (found.ref, found.status) == (ref, "paid")
    assert desk.gateway.find_by_key(desk.number, "another key:2") is None
    assert desk.taken() == [30000]


def test_a_card_without_funds_is_an_answer_and_stays_one_when_asked(desk: Desk) -> None:
    ref = desk.opened("no_funds")
    answer = desk.confirm(ref, "no_funds")
    assert answer.status == "refused"
    assert answer.reason in {"insufficient_funds", "REJECT_CARD_PAYMENT"}
    asked = desk.gateway.find(ref)
    assert asked is not None
    assert (asked.status, asked.reason) == ("refused", answer.reason)
    assert desk.taken() == []


@pytest.mark.parametrize("fault", ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"])
def test_no_answer_is_unknown_and_asking_tells(desk: Desk, fault: str) -> None:
    ref = desk.opened()
    desk.provider.fault("confirm", fault, times=1, seconds=2)
    with pytest.raises(Unknown):
        desk.confirm(ref)
    found = desk.gateway.find(ref)
    assert found is not None
    assert found.status == ("paid" if fault.endswith("after") else "open")
    if found.status == "open":
        assert desk.confirm(ref).status == "paid"
    assert desk.taken() == [30000]


@pytest.mark.parametrize("fault", ["cut_before", "error_before", "timeout_before"])
def test_asking_without_an_answer_is_unknown_too(desk: Desk, fault: str) -> None:
    ref = desk.paid()
    desk.provider.fault("retrieve", fault, seconds=2)
    with pytest.raises(Unknown):
        desk.gateway.find(ref)
    desk.provider.fault("search", fault, seconds=2)
    with pytest.raises(Unknown):
        desk.gateway.find_by_key(desk.number, desk.key)


def test_money_goes_back_once_per_key_and_never_beyond_what_was_paid(desk: Desk) -> None:
    ref = desk.paid()
    first, again = desk.repay(ref, 10000), desk.repay(ref, 10000)
    assert first.status == "done"
    assert again == first
    assert desk.gateway.find_repayment(ref, desk.key) == first
    assert desk.gateway.find_repayment(ref, "another key") is None
    with pytest.raises(RepaymentRefused):
        desk.repay(ref, 20001, "over:1")
    assert desk.repay(ref, 20000, "rest:1").status == "done"
    assert desk.sent_back() == 30000
    found = desk.gateway.find(ref)
    assert found is not None
    assert found.status == "paid", "money that went back was paid before"


def test_what_was_taken_is_told_with_what_went_back_of_it(desk: Desk) -> None:
    assert desk.gateway.taken("pi_nobody_knows") is None
    ref = desk.opened()
    assert desk.gateway.taken(ref) is None, "it has taken nothing yet"
    desk.confirm(ref)
    assert desk.gateway.taken(ref) == Taken(Decimal(30000), "KRW", Decimal(0))
    desk.repay(ref, 10000)
    assert desk.gateway.taken(ref) == Taken(Decimal(30000), "KRW", Decimal(10000))
    desk.repay(ref, 20000, f"{desk.key}:rest")
    assert desk.gateway.taken(ref) == Taken(Decimal(30000), "KRW", Decimal(30000))


def test_a_card_that_was_refused_has_taken_nothing(desk: Desk) -> None:
    ref = desk.opened("no_funds")
    desk.confirm(ref, "no_funds")
    assert desk.gateway.taken(ref) is None
    desk.provider.fault("retrieve", "error_before")
    with pytest.raises(Unknown):
        desk.gateway.taken(ref)


@pytest.mark.parametrize("fault", ["cut_after", "error_after", "timeout_after"])
def test_a_refund_whose_answer_was_lost_is_found_by_its_key(desk: Desk, fault: str) -> None:
    ref = desk.paid()
    desk.provider.fault("refund", fault, seconds=2)
    with pytest.raises(Unknown):
        desk.repay(ref, 30000)
    found = desk.gateway.find_repayment(ref, desk.key)
    assert found is not None
    assert found.status == "done"


def test_a_refund_that_was_not_sent_is_not_found(desk: Desk) -> None:
    ref = desk.paid()
    desk.provider.fault("refund", "cut_before")
    with pytest.raises(Unknown):
        desk.repay(ref, 30000)
    assert desk.gateway.find_repayment(ref, desk.key) is None
    assert desk.repay(ref, 30000).status == "done"


def test_what_is_no_event_is_refused(desk: Desk) -> None:
    for body in (b"", b"[]", b"{}", b"\xff\xfe", b'{"eventType": 1, "data": {"orderId": "../../x", "paymentKey": 2}}'):
        with pytest.raises(Forged):
            desk.gateway.read_event({}, body)


def test_the_window_carries_what_the_customer_agrees_to(toss: Desk) -> None:
    charge = toss._open()
    assert (charge.status, charge.ref) == ("action_needed", None)
    asked = parse_qs(urlsplit(charge.url or "").query)
    assert (asked["amount"], asked["orderId"]) == (["30000"], [f"{toss.number}-1"])
    assert requests.get(charge.url or "", timeout=5).status_code == 200
    assert toss.gateway.find_by_key(toss.number, toss.key) is None, "an open window is no charge yet"


def test_another_attempt_has_an_order_id_and_a_key_of_its_own(toss: Desk) -> None:
    toss.confirm(toss.opened("no_funds"))
    toss.key = toss.key[:-1] + "2"
    toss.paid()
    assert toss.taken() == [30000]


def test_one_key_with_another_charge_is_not_answered_for_the_first(toss: Desk) -> None:
    """Toss does not compare the body under a key: ours names the charge too."""
    assert toss.confirm(toss.opened("no_funds")).status == "refused"
    assert toss.confirm(toss.opened()).status == "paid"


def test_after_ten_minutes_nothing_was_taken_and_that_is_an_answer(toss: Desk) -> None:
    toss.provider.set(toss_confirm_ms=0)
    ref = toss.opened()
    assert toss.confirm(ref).status == "cancelled"
    found = toss.gateway.find(ref)
    assert found is not None
    assert found.status == "cancelled"
    assert toss.taken() == []


def test_a_card_company_in_trouble_is_not_a_no(toss: Desk) -> None:
    ref = toss.opened("trouble")
    with pytest.raises(Unknown):
        toss.confirm(ref)
    found = toss.gateway.find(ref)
    assert found is not None
    assert found.status == "open"


def test_a_customer_who_pays_less_in_the_browser_is_not_charged(toss: Desk) -> None:
    ref = toss.provider.authorise(toss.gateway.order_ref(toss.number, toss.key), 100)
    with pytest.raises(Unknown):
        toss.confirm(ref)
    assert toss.taken() == []


def test_the_same_change_is_the_same_event_and_another_one_is_not(toss: Desk) -> None:
    def event(**more: Any) -> Any:
        data = {"orderId": "J-1-AB-1", "paymentKey": "tpay_1", "status": "DONE", "lastTransactionKey": "t1"} | more
        return toss.gateway.read_event({}, json.dumps({"eventType": "PAYMENT_STATUS_CHANGED", "data": data}).encode())

    first, again = event(), event(approvedAt="later")
    assert (first.order_number, first.charge_ref, first.repayment) == ("J-1-AB", "tpay_1", None)
    assert not first.signed
    assert again.id == first.id
    assert event(status="CANCELED", lastTransactionKey="t2").id != first.id
    assert first.paid
    assert not event(status="CANCELED").paid


def test_whoever_comes_back_says_what_they_bring(toss: Desk) -> None:
    read = toss.gateway.read_return
    paid = read({"paymentKey": "tpay_1", "orderId": "J-1-1", "amount": "30000"})
    assert paid is not None
    assert (paid.order_ref, paid.ref, paid.amount) == ("J-1-1", "tpay_1", Decimal(30000))
    declined = read({"code": "REJECT_CARD_COMPANY", "message": "no", "orderId": "J-1-1"})
    assert declined is not None
    assert declined.refused == "REJECT_CARD_COMPANY"
    closed = read({"code": "PAY_PROCESS_CANCELED", "message": "closed", "orderId": "J-1-1"})
    assert closed is not None
    assert closed.refused is None
    assert read({}) is None
    assert read({"paymentKey": "../orders/x", "orderId": "J-1-1", "amount": "1"}) is None
