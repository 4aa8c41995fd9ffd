"""The webhook: only what the provider signed, once, and thanked for only when it is kept."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

import local.provider
from portal.domains import orders, refunds
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.portal.web.customer.conftest import booked, hold, me, pay, shop, shop_app, stranger, wares
from tests.support import people
from tests.support.shop import Browser, Shop

__all__ = ["me", "shop", "shop_app", "stranger", "wares"]

SECRET = "whsec_local"


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.provider.Provider]:
    with local.provider.running(tmp_path_factory.mktemp("hooked-provider")) as provider:
        yield provider


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """Signed as the official SDK checks it."""
    moment = int(at or time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{moment}.{body.decode()}", secret)
    return {"Stripe-Signature": f"t={moment},v1={signature}", "Content-Type": "application/json"}


def event(number: str, *, id: str = "evt_1", kind: str = "payment_intent.succeeded", **thing: Any) -> bytes:
    about = {"object": "payment_intent", "id": "pi_1", "metadata": {"order": number}, **thing}
    return json.dumps({"id": id, "object": "event", "type": kind, "data": {"object": about}}).encode()


@pytest.fixture
def anybody(shop: Shop) -> FlaskClient:
    return shop.app.test_client()


def send(anybody: FlaskClient, body: bytes, headers: dict[str, str]) -> TestResponse:
    return anybody.post("/hooks/stripe", data=body, headers=headers)


def test_a_signed_event_wakes_its_order_once(shop: Shop, me: Browser, anybody: FlaskClient) -> None:
    hold(me)
    number = pay(me, payment="pm_card_threeDSecure2Required").location.rpartition("/")[2]
    shop.settle()
    shop.pause()
    asleep(shop)
    body = event(number)
    assert send(anybody, body, signed(body)).status_code == 200
    assert shop.one("SELECT next_at <= now() FROM sagas") is True
    asleep(shop)
    assert send(anybody, body, signed(body)).status_code == 200, "the provider sends again until it is thanked"
    assert shop.one("SELECT next_at <= now() FROM sagas") is False, "and the second time nothing happens"
    assert shop.all("SELECT provider, event_id, kind FROM provider_events") == [
        ("stripe", "evt_1", "payment_intent.succeeded")
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1,v1=00"},
        signed(event("J-1"), secret="whsec_other"),
        signed(event("J-2")),
        signed(event("J-1"), at=time.time() - 3600),
    ],
    ids=["none", "empty", "made up", "another secret", "another body", "an hour old"],
)
def test_what_the_provider_did_not_sign_is_refused(shop: Shop, anybody: FlaskClient, headers: dict[str, str]) -> None:
    assert send(anybody, event("J-1"), headers).status_code == 400
    assert shop.one("SELECT count(*) FROM provider_events") == 0


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b"{}", b'{"id": "evt_1"}', b"\xff\xfe"])
def test_signed_nonsense_is_refused_too(shop: Shop, anybody: FlaskClient, body: bytes) -> None:
    headers = signed(body) if body != b"\xff\xfe" else signed(b"{}")
    assert send(anybody, body, headers).status_code == 400
    assert shop.one("SELECT count(*) FROM provider_events") == 0


def test_an_event_of_an_order_we_do_not_know_is_taken_in(shop: Shop, anybody: FlaskClient) -> None:
    body = event("J-0000-0000")
    assert send(anybody, body, signed(body)).status_code == 200


def test_nobody_is_thanked_for_what_was_not_kept(
    shop: Shop, anybody: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> bool:
        raise RuntimeError("in the middle of it")

    monkeypatch.setattr(refunds, "settled", break_down)
    refund = {"object": "refund", "id": "re_1", "status": "succeeded", "payment_intent": "pi_1"}
    body = event("J-1", kind="refund.updated", **refund)
    shop.app.testing = False
    try:
        assert send(anybody, body, signed(body)).status_code == 500
    finally:
        shop.app.testing = True
    assert shop.one("SELECT count(*) FROM provider_events") == 0, "so that it is sent again"


def test_a_refund_that_took_days_is_settled_by_its_event(shop: Shop, me: Browser, anybody: FlaskClient) -> None:
    number = booked(shop, me)
    clerk = people.staff(shop.engine, "admin")
    with transaction(shop.engine) as tx:
        order = refunds.request(tx, _order(tx, number), by=clerk.id, reason="ill", now=clock.now())
        refunds.approve(tx, order.id, by=clerk.id, now=clock.now())
    shop.settle()
    with shop.engine.begin() as connection:  # as it is while the bank takes its time
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # or the database would refuse
        connection.execute(text("UPDATE refunds SET state = 'sent', settled_at = NULL"))
        connection.execute(text("UPDATE payment_attempts SET state = 'pending' WHERE kind = 'refund'"))
    ref = shop.one("SELECT provider_ref FROM payment_attempts WHERE kind = 'refund'")
    body = event(number, id="evt_9", kind="refund.updated", object="refund", status="succeeded", payment_intent="pi_1")
    body = body.replace(b'"pi_1", "metadata"', f'"{ref}", "metadata"'.encode())
    assert send(anybody, body, signed(body)).status_code == 200
    assert shop.one("SELECT state FROM refunds") == "settled"


def test_a_refund_that_a_bank_gave_back_is_told_to_its_customer_as_a_delay(
    shop: Shop, me: Browser, anybody: FlaskClient
) -> None:
    number = booked(shop, me)
    clerk = people.staff(shop.engine, "admin")
    with transaction(shop.engine) as tx:
        order = refunds.request(tx, _order(tx, number), by=clerk.id, reason="ill", now=clock.now())
        refunds.approve(tx, order.id, by=clerk.id, now=clock.now())
    shop.settle()
    ref = shop.one("SELECT provider_ref FROM payment_attempts WHERE kind = 'refund'")
    failed = {"object": "refund", "status": "failed", "payment_intent": "pi_1", "failure_reason": "lost_or_stolen_card"}
    body = event(number, id="evt_7", kind="refund.failed", **failed)
    body = body.replace(b'"id": "pi_1"', f'"id": "{ref}"'.encode())
    assert send(anybody, body, signed(body)).status_code == 200
    assert shop.all("SELECT state, answer FROM payment_attempts WHERE kind = 'refund'") == [
        ("failed", "lost_or_stolen_card")
    ]
    page = me.get(f"/orders/{number}").text
    assert "Your refund is delayed" in page
    assert "gave it back to us" in page
    assert "Your refund is complete" not in page


def test_the_practice_providers_own_events_are_understood(
    shop_app: Flask, database: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """From its signature to our row, over HTTP."""
    server = make_server("127.0.0.1", 0, shop_app, threaded=True)

    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hook = f"http://127.0.0.1:{server.server_port}/hooks/stripe"
    try:
        with local.provider.running(tmp_path_factory.mktemp("telling"), webhook_url=hook) as telling:
            client = stripe.StripeClient("sk_test_local", base_addresses={"api": telling.url})
            intent: Any = {
                "amount": 100,
                "currency": "krw",
                "payment_method_types": ["card"],
                "metadata": {"order": "J-9"},
            }
            made = client.v1.payment_intents.create(intent)
            client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
            end = time.monotonic() + 10
            kinds: set[str] = set()
            while "payment_intent.succeeded" not in kinds and time.monotonic() < end:
                time.sleep(0.05)
                with database.connect() as connection:
                    kinds = set(connection.execute(text("SELECT kind FROM provider_events")).scalars())
        assert "payment_intent.succeeded" in kinds
    finally:
        server.shutdown()
        thread.join(5)


def asleep(shop: Shop) -> None:
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE sagas SET next_at = now() + interval '20 minutes'"))


def _order(tx: Any, number: str) -> Any:

    return orders.get_by_number(tx, number)
