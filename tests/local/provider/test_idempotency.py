"""An Idempotency-Key is carried out once, whatever happens in between."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import stripe

from local.provider import Provider
from tests.local.provider.conftest import Till, payments, refunds, till, times_charged, until


def test_the_same_request_is_answered_alike_and_marked_as_replay(shop: Till, provider: Provider) -> None:
    key = uuid4().hex
    first, second = shop.pay(key=key), shop.pay(key=key)

    assert first == second
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Original-Request"] == first.last_response.headers["Request-Id"]
    assert times_charged(provider, shop.order) == 1


def test_the_answer_stays_as_it_was_when_the_payment_moves_on(shop: Till) -> None:
    key = uuid4().hex
    created = shop.create(key=key)
    shop.confirm(created.id)

    assert shop.create(key=key).status == "requires_confirmation"


@pytest.mark.parametrize("other", [{"amount": 30001}, {"metadata": {}}, {"description": "another"}])
def test_other_parameters_under_the_same_key_are_refused(shop: Till, provider: Provider, other: dict[str, Any]) -> None:
    key = uuid4().hex
    shop.create(key=key)
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
        shop.create(key=key, **other)
    assert caught.value.http_status == 400
    assert len(payments(provider, shop.order)) == 1


def test_another_endpoint_under_the_same_key_is_refused(shop: Till, provider: Provider) -> None:
    key = uuid4().hex
    intent = shop.create(key=key)
    with pytest.raises(stripe.IdempotencyError, match="endpoint"):
        shop.confirm(intent.id, key=key)
    with pytest.raises(stripe.IdempotencyError):
        shop.refund(intent.id, key=key)
    assert times_charged(provider, shop.order) == 0


def test_a_second_request_while_the_first_is_in_flight_is_refused(shop: Till, provider: Provider) -> None:
    key, conflicts = uuid4().hex, _conflicts(provider)
    provider.fault("create", "slow", seconds=0.5)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(shop.pay, key=key)
        until(lambda: provider.faults() == [])  # it was taken: the first request is in
        with pytest.raises(stripe.APIError) as caught:
            shop.pay(key=key)
        assert first.result().status == "succeeded"

    assert caught.value.http_status == 409
    assert caught.value.error is not None
    assert caught.value.error.code == "idempotency_key_in_use"
    assert _conflicts(provider) == conflicts + 1
    assert shop.pay(key=key).id == first.result().id
    assert times_charged(provider, shop.order) == 1


def test_twenty_at_once_with_one_key_charge_once(shop: Till, provider: Provider) -> None:
    key, start = uuid4().hex, threading.Barrier(20)

    def try_to_pay() -> str | int | None:
        start.wait()
        try:
            return str(shop.pay(key=key).id)
        except stripe.APIError as error:
            return error.http_status

    with ThreadPoolExecutor(20) as pool:
        answers = {f.result() for f in [pool.submit(try_to_pay) for _ in range(20)]}

    [payment] = payments(provider, shop.order)
    assert answers <= {payment["id"], 409}
    assert payment["times_charged"] == 1


def test_a_decline_is_answered_again_under_its_key(shop: Till, provider: Provider) -> None:
    key = uuid4().hex
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            shop.pay("pm_card_chargeDeclined", key=key)
    assert caught.value.headers is not None
    assert caught.value.headers["Idempotent-Replayed"] == "true"
    [payment] = payments(provider, shop.order)
    assert len(payment["charges"]) == 1


def test_a_refusal_by_the_state_is_answered_again_under_its_key(shop: Till) -> None:
    key, intent = uuid4().hex, shop.create()
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        shop.refund(intent.id, key=key)
    shop.confirm(intent.id)

    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        shop.refund(intent.id, key=key)
    assert shop.refund(intent.id).status == "succeeded"


def test_wrong_parameters_do_not_use_the_key_up(shop: Till, provider: Provider) -> None:
    key = uuid4().hex
    with pytest.raises(stripe.InvalidRequestError):
        shop.pay(key=key, amount=0)

    assert shop.pay(key=key).status == "succeeded"


def test_a_refund_key_gives_back_once(shop: Till, provider: Provider) -> None:
    intent, key = shop.pay(), uuid4().hex
    first, second = shop.refund(intent.id, 1000, key=key), shop.refund(intent.id, 1000, key=key)

    assert first.id == second.id
    assert [refund["amount"] for refund in refunds(provider, shop.order)] == [1000]


def test_a_key_is_forgotten_after_its_time(own: Provider) -> None:
    own.set(key_retention_ms=0)
    shop, key = till(own), uuid4().hex
    first = shop.create(key=key)
    assert until(lambda: shop.create(key=key).id != first.id)


def _conflicts(provider: Provider) -> int:
    counts: int = provider.books()["requests"].get("create", {}).get("conflicts", 0)
    return counts
