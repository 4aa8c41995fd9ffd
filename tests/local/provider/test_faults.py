"""Every fault that can be ordered, and the books after it: the effect is there once or not at all."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError
from uuid import uuid4

import pytest
import requests
import stripe

from local.provider import Provider
from tests.local.provider.conftest import Till, payments, refunds, till, times_charged, until

BEFORE = ("timeout_before", "cut_before", "error_before", "down")
AFTER = ("timeout_after", "cut_after", "error_after")
SILENT = (stripe.APIConnectionError, stripe.APIError)


@pytest.fixture
def hasty(provider: Provider) -> Till:
    """A client that waits a quarter of a second, and never tries again by itself."""
    return till(provider, timeout=0.25)


@pytest.mark.parametrize("fault", BEFORE)
def test_before_means_that_nothing_was_charged(hasty: Till, provider: Provider, fault: str) -> None:
    key = uuid4().hex
    provider.fault("create", fault, times=1)
    with pytest.raises(SILENT):
        hasty.pay(key=key)
    assert payments(provider, hasty.order) == []

    assert hasty.pay(key=key).status == "succeeded"  # the fault is used up, and the key is still free
    assert times_charged(provider, hasty.order) == 1


@pytest.mark.parametrize("fault", AFTER)
def test_after_means_that_it_was_charged_once(hasty: Till, provider: Provider, fault: str) -> None:
    provider.fault("create", fault)
    with pytest.raises(SILENT):
        hasty.pay()

    until(lambda: times_charged(provider, hasty.order) == 1)
    assert [intent.status for intent in hasty.search().data] == ["succeeded"]


def test_what_is_hidden_is_denied_and_there_all_the_same(hasty: Till, provider: Provider) -> None:
    paid = hasty.pay()
    for on in ("retrieve", "confirm"):
        provider.fault(on, "hidden")
    for ask in (lambda: hasty.retrieve(paid.id), lambda: hasty.confirm(paid.id)):
        with pytest.raises(stripe.InvalidRequestError) as denied:
            ask()
        assert denied.value.code == "resource_missing"
    assert hasty.retrieve(paid.id).status == "succeeded"
    assert times_charged(provider, hasty.order) == 1
    with pytest.raises(HTTPError):
        provider.fault("create", "hidden")


@pytest.mark.parametrize("fault", ["timeout_after", "cut_after"])
def test_the_same_key_brings_the_answer_that_was_lost(hasty: Till, provider: Provider, fault: str) -> None:
    key = uuid4().hex
    provider.fault("create", fault)
    with pytest.raises(stripe.APIConnectionError):
        hasty.pay(key=key)

    again = hasty.pay(key=key)
    assert again.status == "succeeded"
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert times_charged(provider, hasty.order) == 1


def test_an_error_after_the_effect_is_repeated_under_the_same_key(hasty: Till, provider: Provider) -> None:
    key = uuid4().hex
    provider.fault("create", "error_after")
    for _ in range(2):  # the fault struck once; the second 500 is the stored answer
        with pytest.raises(stripe.APIError) as caught:
            hasty.pay(key=key)
        assert caught.value.http_status == 500
    assert times_charged(provider, hasty.order) == 1


@pytest.mark.parametrize("fault", [*BEFORE, *AFTER, "slow"])
def test_the_sdk_that_retries_charges_once(provider: Provider, fault: str) -> None:
    shop = till(provider, retries=2, timeout=0.25)
    provider.fault("create", fault, times=1, **({"seconds": 0.1} if fault == "slow" else {}))
    if fault == "error_after":
        with pytest.raises(stripe.APIError):
            shop.pay()
    else:
        assert shop.pay().status == "succeeded"
    assert times_charged(provider, shop.order) == 1


def test_each_call_has_its_own_faults(hasty: Till, provider: Provider) -> None:
    intent = hasty.create()
    paid = hasty.pay()
    calls: dict[str, Callable[[], Any]] = {
        "confirm": lambda: hasty.confirm(intent.id),
        "cancel": lambda: hasty.cancel(intent.id),
        "refund": lambda: hasty.refund(paid.id),
        "retrieve": lambda: hasty.retrieve(paid.id),
        "search": hasty.search,
    }
    for name, call in calls.items():
        provider.fault(name, "cut_before")
        for other in calls:
            if other in ("retrieve", "search") and other != name:
                calls[other]()
        with pytest.raises(stripe.APIConnectionError):
            call()
        assert provider.faults() == []
    assert refunds(provider, hasty.order) == []


@pytest.mark.parametrize(
    ("on", "status", "charged", "given_back"),
    [("confirm", "succeeded", 1, 0), ("cancel", "canceled", 0, 0), ("refund", "succeeded", 1, 30000)],
)
def test_the_effect_of_each_writing_call_survives_a_cut_after(
    hasty: Till, provider: Provider, on: str, status: str, charged: int, given_back: int
) -> None:
    intent = hasty.pay() if on == "refund" else hasty.create()
    provider.fault(on, "cut_after")
    with pytest.raises(stripe.APIConnectionError):
        {"confirm": hasty.confirm, "cancel": hasty.cancel, "refund": hasty.refund}[on](intent.id)

    [payment] = payments(provider, hasty.order)
    assert (payment["status"], payment["times_charged"], payment["amount_refunded"]) == (status, charged, given_back)


def test_faults_count_down(hasty: Till, provider: Provider) -> None:
    provider.fault("*", "error_before", times=2)
    for call in (hasty.create, hasty.search):
        with pytest.raises(stripe.APIError):
            call()
    assert hasty.create().status == "requires_confirmation"


def test_down_lasts_until_it_is_cleared(hasty: Till, provider: Provider) -> None:
    provider.fault("*", "down")
    for _ in range(5):
        with pytest.raises(stripe.APIConnectionError):
            hasty.create()
    provider.clear_faults()
    assert hasty.create().status == "requires_confirmation"


def test_slow_answers_late_and_books_once(shop: Till, provider: Provider) -> None:
    provider.fault("create", "slow", seconds=0.3)
    started = time.monotonic()
    assert shop.pay().status == "succeeded"
    assert time.monotonic() - started >= 0.3
    assert times_charged(provider, shop.order) == 1


def test_a_timeout_ends_when_the_provider_stops(own: Provider) -> None:
    own.fault("create", "timeout_before", seconds=60)
    shop = till(own, timeout=30)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(shop.pay)
        until(lambda: own.faults() == [])
        started = time.monotonic()
        own.stop()
        assert isinstance(held.exception(), stripe.APIConnectionError)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "wish",
    [
        {"on": "lunch", "fault": "slow"},
        {"on": "create", "fault": "explode"},
        {"on": "create", "fault": "lost"},
        {"on": "webhook", "fault": "slow"},
        {"on": "create", "fault": "slow", "times": 0},
        {"on": "create", "fault": "slow", "times": "2"},
        {"on": "create", "fault": "slow", "seconds": -1},
        {"on": "create", "fault": "slow", "colour": "red"},
        {"on": ["create"], "fault": {}},
        {},
        [],
    ],
)
def test_a_fault_that_does_not_exist_is_refused(provider: Provider, wish: object) -> None:
    response = requests.post(f"{provider.url}/_control/faults", json=wish, timeout=10)
    assert response.status_code == 400
    assert response.json()["error"]
    assert provider.faults() == []
