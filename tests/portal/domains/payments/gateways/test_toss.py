"""What only Toss does: its window, an order id for each attempt, ten minutes to confirm, news that nobody signed."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from portal.kernel.steps import Unknown
from tests.portal.domains.payments.gateways.conftest import Desk


def test_the_window_carries_what_the_customer_agrees_to(toss: Desk) -> None:
    charge = toss.open()
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
