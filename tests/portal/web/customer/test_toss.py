"""Paying with Toss: the checkout leads to its window, and whoever comes back from there finds a booking."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from flask import Flask

import local.provider
from portal import create_app
from portal.config import Settings
from tests.portal.web.customer.conftest import hold, pay
from tests.support.shop import Browser, Shop


@pytest.fixture(scope="module")
def shop_app(settings: Settings, provider: local.provider.Provider) -> Flask:
    chosen = {
        "payment_provider": "toss",
        "toss_api_base": provider.url,
        "toss_window_url": f"{provider.url}/toss/window",
        "checkout_wait": 8.0,
    }
    app = create_app(settings.model_copy(update=chosen))
    app.testing = True
    return app


def decide(window: str, decision: str) -> str:
    """What a customer does in the window; the address they are sent back to."""
    page = requests.get(window, timeout=5)
    answer = requests.post(page.url, data={"decision": decision, "card": "pays"}, timeout=5, allow_redirects=False)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def test_paying_leads_to_the_window_and_from_there_to_a_booking(shop: Shop, me: Browser) -> None:
    hold(me)
    answer = pay(me, payment="toss")
    assert answer.status_code == 303
    assert answer.location.startswith(f"{shop.provider.url}/toss/window?")
    assert f"form-action 'self' {shop.provider.url};" in answer.headers["Content-Security-Policy"]

    back = me.get(decide(answer.location, "pay"))

    assert back.status_code == 303, "what the browser brought is not kept in the address"
    assert "?" not in back.location
    shop.settle()
    assert shop.all("SELECT state FROM orders") == [("completed",)]
    assert "Your place is kept" in me.get(back.location).text


def test_whoever_closed_the_window_finds_the_way_back_to_it(shop: Shop, me: Browser) -> None:
    hold(me)
    back = me.get(decide(pay(me, payment="toss").location, "close"))
    shop.settle()
    assert shop.one("SELECT action_url FROM orders") in me.get(back.location).text.replace("&amp;", "&")


def test_a_decline_in_the_window_is_told_on_the_order(shop: Shop, me: Browser) -> None:
    hold(me)
    back = me.get(decide(pay(me, payment="toss").location, "decline"))
    shop.settle()
    assert shop.all("SELECT state, refusal FROM orders") == [("cancelled", "card-declined")]
    assert "Your card was declined" in me.get(back.location).text


def test_nobody_else_brings_back_my_payment(shop: Shop, me: Browser, stranger: Browser) -> None:
    hold(me)
    back = decide(pay(me, payment="toss").location, "pay")
    assert stranger.get(back).status_code == 404
    assert shop.one("SELECT provider_ref FROM payments") is None


def test_a_card_of_the_other_provider_is_none_here(shop: Shop, me: Browser) -> None:
    hold(me)
    assert pay(me, payment="pm_card_visa").status_code == 422


def test_its_hook_takes_in_news_of_our_orders_and_nothing_else(shop: Shop, me: Browser) -> None:
    hold(me)
    window = pay(me, payment="toss").location
    asked = dict(parse_qsl(urlsplit(window).query))
    shop.pause()
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE sagas SET next_at = now() + interval '20 minutes'")
    anybody = shop.app.test_client()

    def tell(order_id: str) -> int:
        data = {"orderId": order_id, "paymentKey": "tpay_1", "status": "IN_PROGRESS"}
        return anybody.post("/hooks/toss", data=json.dumps({"eventType": "X", "data": data})).status_code

    assert tell("J-0000-0000-1") == 200
    assert shop.one("SELECT count(*) FROM provider_events") == 0
    assert tell(asked["orderId"]) == tell(asked["orderId"]) == 200
    assert shop.all("SELECT provider, kind FROM provider_events") == [("toss", "X")]
    assert shop.one("SELECT next_at <= now() FROM sagas") is True
    assert anybody.post("/hooks/toss", data=urlencode(asked)).status_code == 400
