"""News of money that came after its order was given up: nobody believes it; the provider is asked."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.domains import payments
from tests.portal.web.customer.conftest import hold, me, pay, shop, shop_app, stranger, wares
from tests.portal.web.hooks.test_stripe import event, provider, send, signed
from tests.support.shop import Browser, Shop

__all__ = ["me", "provider", "shop", "shop_app", "stranger", "wares"]


@pytest.fixture
def anybody(shop: Shop) -> FlaskClient:
    return shop.app.test_client()


@pytest.fixture
def given_up(shop: Shop, me: Browser) -> tuple[str, str]:
    """An order whose card was declined: its number and its charge at the provider."""
    hold(me)
    assert pay(me, payment="pm_card_chargeDeclined").status_code == 422
    shop.settle()
    (found,) = shop.all("SELECT number, provider_ref FROM orders JOIN payments ON order_id = orders.id")
    return found[0], found[1]


def tell(anybody: FlaskClient, number: str, ref: str, **more: Any) -> int:
    body = event(number, **{"id": "evt_late", **more}).replace(b'"pi_1"', f'"{ref}"'.encode())
    return send(anybody, body, signed(body)).status_code


def pay_late(number: str, ref: str) -> None:
    asked: Any = {"amount": 30000, "currency": "KRW", "order_number": number, "return_url": "http://x"}
    assert payments.current().confirm(ref, **asked, token="pm_card_visa", key=f"late {number}").status == "paid"


def test_late_money_is_booked_when_the_provider_tells_of_it(
    shop: Shop, me: Browser, anybody: FlaskClient, given_up: tuple[str, str]
) -> None:
    number, ref = given_up
    pay_late(*given_up)

    assert tell(anybody, number, ref) == 200
    assert tell(anybody, number, ref) == 200, "told again, nothing happens"
    shop.settle()

    assert shop.one("SELECT state FROM orders") == "completed"
    assert shop.all("SELECT kind, state FROM sagas ORDER BY begun_at") == [
        ("payment", "compensated"),
        ("late_payment", "done"),
    ]
    page = me.get(f"/orders/{number}").text
    for told in ("Your place is kept", "Your payment came after the order was cancelled.", "Confirmed"):
        assert told in page
    assert "Back to paying" not in page


def test_what_an_event_says_is_not_believed(shop: Shop, anybody: FlaskClient, given_up: tuple[str, str]) -> None:
    number, ref = given_up
    assert tell(anybody, number, ref) == 200
    assert shop.all("SELECT kind FROM sagas") == [("payment",)]

    pay_late(*given_up)
    assert tell(anybody, number, "pi_another", id="evt_other") == 200, "another charge than ours"
    assert tell(anybody, number, ref, id="evt_failed", kind="payment_intent.payment_failed") == 200
    assert shop.all("SELECT kind FROM sagas") == [("payment",)]


def test_while_the_provider_cannot_be_asked_it_is_not_thanked_and_tells_again(
    shop: Shop, anybody: FlaskClient, given_up: tuple[str, str]
) -> None:
    number, ref = given_up
    pay_late(*given_up)
    shop.provider.fault("retrieve", "error_before")

    assert tell(anybody, number, ref) == 503
    assert shop.one("SELECT count(*) FROM provider_events") == 0

    assert tell(anybody, number, ref) == 200
    shop.settle()
    assert shop.one("SELECT state FROM orders") == "completed"


def test_while_an_order_is_on_its_way_back_the_provider_is_asked_to_tell_again(
    shop: Shop, anybody: FlaskClient, given_up: tuple[str, str]
) -> None:
    number, ref = given_up
    pay_late(*given_up)
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE orders SET state = 'processing'"))

    assert tell(anybody, number, ref) == 503
    assert shop.all("SELECT kind FROM sagas") == [("payment",)]


def test_late_money_that_cannot_be_booked_goes_back_and_the_page_says_so(
    shop: Shop, me: Browser, stranger: Browser, anybody: FlaskClient, given_up: tuple[str, str]
) -> None:
    number, ref = given_up
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE reservations SET status = 'CANCELLED'"))
    hold(stranger)
    pay_late(*given_up)
    shop.pause()
    assert tell(anybody, number, ref) == 200
    assert "Your payment came after all" in me.get(f"/orders/{number}").text
    shop.settle()

    page = me.get(f"/orders/{number}").text
    for told in (
        "All of your money is back",
        "Somebody else had just taken the time you chose. So ₩30,000 goes back to you",
        "It could not be booked again",
        "Came back to your card",
    ):
        assert told in page
    assert "You asked for it" not in page
    assert "Back to paying" not in page
    assert "Nothing was charged" not in page
