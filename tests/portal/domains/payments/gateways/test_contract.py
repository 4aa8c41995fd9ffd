"""What every provider behind the port does, asked of each of them against the books of the practice company."""

from decimal import Decimal

import pytest

from portal.domains.payments.gateways import Taken
from portal.domains.payments.gateways.port import Forged, RepaymentRefused
from portal.kernel.steps import Unknown
from tests.portal.domains.payments.gateways.conftest import Desk


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
