"""Webhooks: signed, in an outbox that outlives the process, sent until the shop says yes; duplicate, late and lost."""

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import requests
import stripe

from local.provider import Provider
from tests.local.provider.conftest import Mailbox, Till, until

PAID = "payment_intent.succeeded"


@pytest.fixture
def told(provider: Provider, mailbox: Mailbox) -> Iterator[Mailbox]:
    """The shared provider tells this shop, and tries again after 50 ms."""
    mailbox.secret = "whsec_local"
    provider.set(webhook_url=mailbox.url, webhook_retry_ms=50)
    yield mailbox
    until(lambda: provider.books()["webhooks"]["waiting"] == 0)
    provider.set(webhook_url=None)


def told_paid(mailbox: Mailbox, shop: Till, times: int = 1) -> list[dict[str, Any]]:
    until(lambda: len(mailbox.events(shop.order, PAID)) >= times)
    return mailbox.events(shop.order, PAID)


def test_a_payment_is_told_signed(told: Mailbox, shop: Till) -> None:
    intent = shop.pay(key=f"key-{shop.order}")

    [event] = told_paid(told, shop)  # read through stripe.Webhook.construct_event
    assert event["data"]["object"]["id"] == intent.id
    assert event["data"]["object"]["amount_received"] == 30000
    assert event["request"]["idempotency_key"] == f"key-{shop.order}"
    assert shop.client.v1.events.retrieve(event["id"]).type == PAID


def test_a_wrong_secret_or_a_changed_body_does_not_pass(told: Mailbox, shop: Till) -> None:
    shop.pay()
    told_paid(told, shop)
    _, signature, body = told.posts[0]

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.replace("30000", "30001"), signature, told.secret)


def test_each_kind_of_event_is_told(told: Mailbox, shop: Till) -> None:
    with pytest.raises(stripe.CardError):
        shop.pay("pm_card_chargeDeclined")
    shop.cancel(shop.create().id)
    asking = shop.pay("pm_card_threeDSecure2Required")
    requests.post(asking.next_action.redirect_to_url.url, {"decision": "refuse"}, allow_redirects=False, timeout=10)
    shop.refund(shop.pay("pm_card_pendingRefund").id)
    shop.refund(shop.pay("pm_card_refundFail").id)

    expected = {
        "payment_intent.created": 5,
        "payment_intent.payment_failed": 2,
        "payment_intent.canceled": 1,
        "payment_intent.requires_action": 1,
        "payment_intent.succeeded": 2,
        "refund.created": 2,
        "refund.updated": 1,
        "refund.failed": 1,
    }
    until(lambda: {kind: len(told.events(shop.order, kind)) for kind in expected} == expected)


def test_what_the_shop_could_not_take_is_sent_again_later_and_later(told: Mailbox, shop: Till) -> None:
    told.answers += [500, 302, 500, 503]  # creating alone tells one event
    shop.create()

    until(lambda: len(told.posts) == 5)
    assert len({json.loads(body)["id"] for _, _, body in told.posts}) == 1
    times = [moment for moment, _, _ in told.posts]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert [round(pause, 3) >= least for pause, least in zip(pauses, (0.05, 0.1, 0.2, 0.4), strict=True)] == [True] * 4
    time.sleep(0.2)
    assert len(told.posts) == 5


def test_a_duplicate_comes_twice_with_the_same_id(told: Mailbox, provider: Provider, shop: Till) -> None:
    provider.fault("webhook", "duplicate", times=3)  # paying tells three events
    shop.pay()

    first, second = told_paid(told, shop, times=2)
    assert first == second
    until(lambda: len(told.posts) == 6)


def test_a_late_one_comes_after_its_delay(told: Mailbox, provider: Provider, shop: Till) -> None:
    provider.fault("webhook", "late", seconds=0.5)
    started = time.monotonic()
    shop.create()

    until(lambda: told.posts)
    assert told.posts[0][0] - started >= 0.5
    assert len(told.posts) == 1


def test_a_lost_one_never_comes_though_the_event_exists(told: Mailbox, provider: Provider, shop: Till) -> None:
    lost = provider.books()["webhooks"]["lost"]
    provider.fault("webhook", "lost", times=3)
    intent = shop.pay()

    until(lambda: provider.books()["webhooks"]["lost"] == lost + 3)
    time.sleep(0.2)
    assert told.posts == []
    events = shop.client.v1.events.list({"type": PAID}).data
    assert intent.id in [event.data.object["id"] for event in events]


def test_webhooks_are_not_touched_by_faults_of_calls(told: Mailbox, provider: Provider, shop: Till) -> None:
    intent = shop.create()
    provider.fault("*", "down", times=1)
    until(lambda: told.events(shop.order, "payment_intent.created"))
    with pytest.raises(stripe.APIConnectionError):
        shop.confirm(intent.id)
