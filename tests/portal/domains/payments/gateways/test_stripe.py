"""The Stripe gateway against a provider that keeps books of its own and misbehaves on request."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import requests

import local.provider
from portal.domains.payments.gateways.port import Charge, Forged, RepaymentRefused
from portal.domains.payments.gateways.stripe import StripeGateway
from portal.kernel.steps import Unknown
from tests.portal.domains.payments.gateways.conftest import stripe_of


@pytest.fixture
def gateway(provider: local.provider.Provider) -> Iterator[StripeGateway]:
    yield stripe_of(provider)
    provider.clear_faults()


class Numbers:
    """Order numbers and keys nobody used before."""

    def __init__(self, path: Path) -> None:
        self.number = f"J-{path.name[-24:]}"
        self.key = f"{path.name}:1"


@pytest.fixture
def n(tmp_path: Path, request: pytest.FixtureRequest) -> Numbers:
    return Numbers(tmp_path / f"{abs(hash(request.node.name)):x}")


def opened(gateway: StripeGateway, n: Numbers, amount: str = "30000") -> str:
    charge = gateway.open(
        amount=Decimal(amount), currency="KRW", order_number=n.number, return_url="http://localhost/x", key=n.key
    )
    assert charge.ref is not None
    return charge.ref


def confirm(gateway: StripeGateway, ref: str, n: Numbers, card: str = "pm_card_visa") -> Charge:
    return gateway.confirm(
        ref,
        amount=Decimal(30000),
        currency="KRW",
        order_number=n.number,
        token=card,
        return_url="http://localhost/x",
        key=n.key,
    )


def paid(gateway: StripeGateway, n: Numbers, amount: str = "30000") -> str:
    ref = opened(gateway, n, amount)
    charge = confirm(gateway, ref, n)
    assert charge.status == "paid"
    return ref


def test_an_opened_charge_has_taken_nothing(gateway: StripeGateway, n: Numbers) -> None:
    assert gateway.find(opened(gateway, n)).status == "open"


def test_a_confirmed_charge_is_paid_and_found_by_reference_and_by_key(gateway: StripeGateway, n: Numbers) -> None:
    ref = paid(gateway, n)

    assert gateway.find(ref).status == "paid"
    found = gateway.find_by_key(n.number, n.key)
    assert found is not None
    assert (found.ref, found.status) == (ref, "paid")
    assert gateway.find_by_key(n.number, "another key") is None


@pytest.mark.parametrize(
    ("card", "reason"),
    [("pm_card_chargeDeclined", "generic_decline"), ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds")],
)
def test_a_declined_card_is_an_answer_and_stays_one_when_asked(
    gateway: StripeGateway, n: Numbers, card: str, reason: str
) -> None:
    ref = opened(gateway, n)

    answer = confirm(gateway, ref, n, card)

    assert (answer.status, answer.reason) == ("refused", reason)
    asked = gateway.find(ref)
    assert (asked.status, asked.reason) == ("refused", reason)


def test_a_card_that_asks_the_customer_says_where(gateway: StripeGateway, n: Numbers) -> None:
    ref = opened(gateway, n)

    answer = confirm(gateway, ref, n, "pm_card_threeDSecure2Required")

    assert answer.status == "action_needed"
    assert answer.url is not None
    assert requests.get(answer.url, timeout=5).status_code == 200
    assert gateway.find(ref).url == answer.url


def test_a_customer_who_refuses_at_the_bank_is_an_answer(gateway: StripeGateway, n: Numbers) -> None:
    ref = opened(gateway, n)
    asked = confirm(gateway, ref, n, "pm_card_threeDSecure2Required")
    assert asked.url is not None
    requests.post(asked.url, data={"decision": "refuse"}, timeout=5, allow_redirects=False)

    found = gateway.find(ref)
    assert (found.status, found.reason) == ("unconfirmed", "payment_intent_authentication_failure")


def test_a_charge_nobody_confirmed_can_be_cancelled_and_a_paid_one_says_it_is_paid(
    gateway: StripeGateway, n: Numbers
) -> None:
    ref = opened(gateway, n)
    assert gateway.cancel(ref, key=n.key).status == "cancelled"
    assert confirm(gateway, ref, n).status == "cancelled"

    n.key += "b"
    ref = paid(gateway, n)
    assert gateway.cancel(ref, key=n.key).status == "paid"


@pytest.mark.parametrize("fault", ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"])
def test_no_answer_is_unknown_and_asking_tells(
    gateway: StripeGateway, provider: local.provider.Provider, n: Numbers, fault: str
) -> None:
    ref = opened(gateway, n)
    provider.fault("confirm" if fault != "down" else "*", fault, times=1, seconds=3)

    with pytest.raises(Unknown):
        confirm(gateway, ref, n)

    assert gateway.find(ref).status == ("paid" if fault.endswith("after") else "open")


def test_money_goes_back_once_per_key_and_never_beyond_what_was_paid(gateway: StripeGateway, n: Numbers) -> None:
    ref = paid(gateway, n)

    first = gateway.repay(ref, amount=Decimal(10000), currency="KRW", key=n.key)
    again = gateway.repay(ref, amount=Decimal(10000), currency="KRW", key=n.key)

    assert first.status == "done"
    assert again.ref == first.ref
    assert gateway.find_repayment(ref, n.key) == first
    assert gateway.find_repayment(ref, "another key") is None
    with pytest.raises(RepaymentRefused):
        gateway.repay(ref, amount=Decimal(20001), currency="KRW", key=n.key + "b")


def test_a_refund_whose_answer_was_cut_off_is_found_by_its_key(
    gateway: StripeGateway, provider: local.provider.Provider, n: Numbers
) -> None:
    ref = paid(gateway, n)
    provider.fault("refund", "cut_after")

    with pytest.raises(Unknown):
        gateway.repay(ref, amount=Decimal(30000), currency="KRW", key=n.key)

    found = gateway.find_repayment(ref, n.key)
    assert found is not None
    assert found.status == "done"


def test_a_refund_made_by_hand_at_the_provider_confuses_nobody(
    gateway: StripeGateway, provider: local.provider.Provider, n: Numbers
) -> None:
    ref = paid(gateway, n)
    by_hand = {"payment_intent": ref, "amount": "1000"}
    requests.post(f"{provider.url}/v1/refunds", data=by_hand, auth=("sk_test_local", ""), timeout=5).raise_for_status()

    assert gateway.find_repayment(ref, n.key) is None


def test_a_slow_bank_makes_a_refund_pending(gateway: StripeGateway, n: Numbers) -> None:
    ref = opened(gateway, n)
    confirm(gateway, ref, n, "pm_card_pendingRefund")

    assert gateway.repay(ref, amount=Decimal(30000), currency="KRW", key=n.key).status == "pending"


def test_a_webhook_nobody_signed_is_refused(gateway: StripeGateway) -> None:
    for headers in ({}, {"Stripe-Signature": "t=1,v1=00"}, {"Stripe-Signature": "nonsense"}):
        with pytest.raises(Forged):
            gateway.read_event(headers, b'{"id": "evt_1"}')
