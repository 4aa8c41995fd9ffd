"""The control calls and the page for people."""

import socket
from html import unescape
from urllib.parse import urlsplit

import pytest
import requests
import stripe

from local.provider import Provider
from tests.local.provider.conftest import Till, payments, refunds, till


def test_the_books_hold_what_a_check_needs(shop: Till, provider: Provider) -> None:
    intent = shop.pay(amount=45000)
    refund = shop.refund(intent.id, 5000, reason="duplicate")

    [payment] = payments(provider, shop.order)
    [charge] = payment.pop("charges")
    assert payment == {
        "id": intent.id,
        "amount": 45000,
        "currency": "krw",
        "status": "succeeded",
        "payment_method": "pm_card_visa",
        "metadata": {"order": shop.order},
        "description": None,
        "amount_received": 45000,
        "amount_refunded": 5000,
        "times_charged": 1,
        "created": intent.created,
    }
    assert (charge["id"], charge["amount"], charge["status"]) == (intent.latest_charge, 45000, "succeeded")
    assert refunds(provider, shop.order) == [
        {
            "id": refund.id,
            "payment_intent": intent.id,
            "charge": intent.latest_charge,
            "amount": 5000,
            "currency": "krw",
            "status": "succeeded",
            "metadata": {"order": shop.order},
            "reason": "duplicate",
            "created": refund.created,
        }
    ]


def test_calls_are_counted(own: Provider) -> None:
    shop = till(own)
    shop.pay(key="one")
    shop.pay(key="one")
    own.fault("create", "cut_before")
    with pytest.raises(stripe.APIConnectionError):
        shop.pay()

    assert own.books()["requests"] == {
        "create": {"received": 3, "executed": 1, "replayed": 1, "conflicts": 0, "faults": 1}
    }


def test_health(provider: Provider) -> None:
    assert requests.get(f"{provider.url}/_control/health", timeout=10).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"search_lag": 5},
        {"search_lag_ms": -1},
        {"search_lag_ms": "5"},
        {"search_lag_ms": True},
        {"webhook_url": "ftp:x"},
    ],
)
def test_wrong_settings_are_refused(provider: Provider, wrong: dict[str, object]) -> None:
    url = f"{provider.url}/_control/settings"
    before = requests.get(url, timeout=10).json()
    response = requests.post(url, json={"webhook_retry_ms": 77} | wrong, timeout=10)

    assert response.status_code == 400
    assert requests.get(url, timeout=10).json() == before


def test_settings_stay_over_a_restart(own: Provider) -> None:
    own.set(search_lag_ms=1234)
    own.restart()
    assert requests.get(f"{own.url}/_control/settings", timeout=10).json()["search_lag_ms"] == 1234


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
def test_pages_of_other_sites_cannot_use_the_control_calls(provider: Provider, headers: dict[str, str]) -> None:
    wish = {"on": "*", "fault": "down"}
    response = requests.post(f"{provider.url}/_control/faults", json=wish, headers=headers, timeout=10)
    assert response.status_code == 403
    assert provider.faults() == []


def test_it_listens_on_one_loopback_address_only(provider: Provider) -> None:
    url = urlsplit(provider.url)
    assert url.hostname == "127.0.0.1"
    with pytest.raises(OSError):  # 127.0.0.2 is this machine, too, and stands here for its other addresses
        socket.create_connection(("127.0.0.2", url.port), timeout=2)


def test_the_page_shows_payments_refunds_and_faults(shop: Till, provider: Provider) -> None:
    intent = shop.pay(description="<script>alert(1)</script>")
    refund = shop.refund(intent.id, 5000)
    provider.fault("create", "slow")
    text = requests.get(provider.url, timeout=10).text

    for shown in (intent.id, refund.id, "₩30,000", "₩5,000", shop.order, "slow on create, 1 more"):
        assert shown in text
    assert "<script>" not in text
    assert "<script>alert(1)</script>" in unescape(text)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/", 404),
        ("GET", "/_control/nothing", 404),
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/payment_intents/pi_1", 404),
        ("GET", "/challenge/nobody", 404),
        ("POST", "/challenge/nobody", 404),
        ("PUT", "/v1/payment_intents", 501),
        ("GET", "/v1/payment_intents", 401),
    ],
)
def test_unknown_addresses_are_answered(provider: Provider, method: str, path: str, status: int) -> None:
    assert requests.request(method, provider.url + path, timeout=10).status_code == status


@pytest.mark.parametrize(
    "body", [b"amount", b"\xff\xfe", b"a=%ff", b"[x]=1", b"a[b]=1&a=2", b"a=1&a[b]=2", b"amount=1&amount=2"]
)
def test_a_body_that_is_no_form_is_refused(provider: Provider, body: bytes) -> None:
    headers = {"Authorization": "Bearer sk_test_local"}
    response = requests.post(f"{provider.url}/v1/payment_intents", data=body, headers=headers, timeout=10)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"
