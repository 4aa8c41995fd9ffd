"""Refunds: partial and full, never beyond what was charged, at once or after a while."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from local.provider import Provider
from tests.local.provider.conftest import Till, payments, refunds, until


def test_a_part_is_given_back(shop: Till, provider: Provider) -> None:
    intent = shop.pay()
    refund = shop.refund(intent.id, 12000, reason="requested_by_customer")

    assert (refund.status, refund.amount, refund.currency, refund.payment_intent) == (
        "succeeded",
        12000,
        "krw",
        intent.id,
    )
    charge = shop.retrieve(intent.id, expand=["latest_charge"]).latest_charge
    assert (charge.amount_refunded, charge.refunded) == (12000, False)
    assert payments(provider, shop.order)[0]["amount_refunded"] == 12000
    assert refunds(provider, shop.order)[0]["reason"] == "requested_by_customer"


def test_without_an_amount_all_that_is_left_is_given_back(shop: Till) -> None:
    intent = shop.pay()
    shop.refund(intent.id, 10000)

    assert shop.refund(intent.id).amount == 20000
    assert shop.retrieve(intent.id, expand=["latest_charge"]).latest_charge.refunded is True


def test_refunds_are_read_one_by_one_and_by_payment(shop: Till) -> None:
    intent, other = shop.pay(), shop.pay()
    made = [shop.refund(intent.id, amount).id for amount in (1000, 2000)]
    shop.refund(other.id)

    service = shop.client.v1.refunds
    assert service.retrieve(made[0]).amount == 1000
    assert [r.id for r in service.list({"payment_intent": intent.id}).data] == made[::-1]
    assert service.retrieve(made[0]).to_dict()["metadata"] == {"order": shop.order}
    with pytest.raises(stripe.InvalidRequestError, match="No such refund"):
        service.retrieve("re_nobody")


def test_more_than_was_charged_is_refused(shop: Till, provider: Provider) -> None:
    intent = shop.pay()
    with pytest.raises(stripe.InvalidRequestError, match=r"₩30,001.*₩30,000") as caught:
        shop.refund(intent.id, 30001)
    assert caught.value.param == "amount"

    shop.refund(intent.id)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.refund(intent.id, 1)
    assert caught.value.code == "charge_already_refunded"
    assert payments(provider, shop.order)[0]["amount_refunded"] == 30000


def test_twenty_at_once_never_give_back_more_than_was_charged(shop: Till, provider: Provider) -> None:
    intent, start = shop.pay(), threading.Barrier(20)

    def try_to_refund() -> int:
        start.wait()
        try:
            return int(shop.refund(intent.id, 4000).amount)
        except stripe.InvalidRequestError:
            return 0

    with ThreadPoolExecutor(20) as pool:
        given = [f.result() for f in [pool.submit(try_to_refund) for _ in range(20)]]

    assert sum(given) == 28000  # seven times 4,000 fit into 30,000
    assert sum(refund["amount"] for refund in refunds(provider, shop.order)) == 28000


@pytest.mark.parametrize("wrong", [{"amount": 0}, {"amount": -1}, {"reason": "because"}, {"intent": "pi_nobody"}])
def test_wrong_parameters_are_refused(shop: Till, provider: Provider, wrong: dict[str, Any]) -> None:
    intent = shop.pay()
    with pytest.raises(stripe.InvalidRequestError):
        shop.refund(**({"intent": intent.id, "amount": 100} | wrong))
    assert payments(provider, shop.order)[0]["amount_refunded"] == 0


def test_an_unpaid_intent_has_nothing_to_give_back(shop: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        shop.refund(shop.create().id)


def test_a_pending_refund_succeeds_later(shop: Till) -> None:
    intent = shop.pay("pm_card_pendingRefund")
    refund = shop.refund(intent.id)
    assert refund.status == "pending"

    until(lambda: shop.client.v1.refunds.retrieve(refund.id).status == "succeeded")


def test_a_failing_refund_is_accepted_first_and_frees_the_amount(shop: Till, provider: Provider) -> None:
    intent = shop.pay("pm_card_refundFail")
    refund = shop.refund(intent.id)
    assert refund.status == "pending"
    assert payments(provider, shop.order)[0]["amount_refunded"] == 30000

    until(lambda: shop.client.v1.refunds.retrieve(refund.id).status == "failed")
    assert payments(provider, shop.order)[0]["amount_refunded"] == 0
    assert _told(shop, "refund.failed", refund.id)


def _told(shop: Till, kind: str, refund: str) -> bool:
    events = shop.client.v1.events.list({"type": kind, "limit": 100}).data
    return refund in [event.data.object["id"] for event in events]
