"""The card that asks: the customer confirms or refuses on the provider's own page."""

from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import stripe

from local.provider import Provider
from tests.local.provider.conftest import RETURN_URL, Till, payments, times_charged

ASKS = "pm_card_threeDSecure2Required"


def asked(shop: Till, **more: Any) -> tuple[str, str]:
    """Return the id of a payment that waits for the customer, and the address of the page."""
    intent = shop.pay(ASKS, **more)
    assert intent.status == "requires_action"
    assert intent.next_action.type == "redirect_to_url"
    assert intent.next_action.redirect_to_url.return_url == RETURN_URL
    return intent.id, intent.next_action.redirect_to_url.url


def decide(page: str, decision: str) -> requests.Response:
    return requests.post(page, data={"decision": decision}, allow_redirects=False, timeout=10)


def test_nothing_is_charged_before_the_customer_confirms(shop: Till, provider: Provider) -> None:
    asked(shop)
    assert times_charged(provider, shop.order) == 0


def test_the_page_says_what_is_paid_and_that_it_is_practice(shop: Till, provider: Provider) -> None:
    _, page = asked(shop, description="Kayak <b>tour</b> & tea")
    assert page.startswith(provider.url)
    response = requests.get(page, timeout=10)

    assert response.status_code == 200
    assert "₩30,000" in response.text
    assert "Local practice payments" in response.text
    assert "<b>tour</b>" not in response.text
    assert "Kayak <b>tour</b> & tea" in unescape(response.text)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_confirming_charges_once_and_leads_back_to_the_shop(shop: Till, provider: Provider) -> None:
    intent, page = asked(shop)
    response = decide(page, "confirm")

    assert response.status_code == 303
    back = urlsplit(response.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "http://shop.example/return"
    assert parse_qs(back.query) == {
        "order": ["7"],
        "payment_intent": [intent],
        "payment_intent_client_secret": [shop.retrieve(intent).client_secret],
        "redirect_status": ["succeeded"],
    }
    assert shop.retrieve(intent).status == "succeeded"
    decide(page, "confirm")
    decide(page, "refuse")
    assert times_charged(provider, shop.order) == 1
    assert "confirmed" in requests.get(page, timeout=10).text


@pytest.mark.parametrize("decision", ["refuse", "", "nonsense"])
def test_refusing_charges_nothing(shop: Till, provider: Provider, decision: str) -> None:
    intent, page = asked(shop)
    response = decide(page, decision)

    assert "redirect_status=failed" in response.headers["Location"]
    refused = shop.retrieve(intent)
    assert refused.status == "requires_payment_method"
    assert refused.last_payment_error.code == "payment_intent_authentication_failure"
    decide(page, "confirm")
    assert times_charged(provider, shop.order) == 0
    assert shop.confirm(intent, "pm_card_visa").status == "succeeded"


def test_a_canceled_payment_can_no_longer_be_confirmed(shop: Till, provider: Provider) -> None:
    intent, page = asked(shop)
    shop.cancel(intent)

    assert "redirect_status=failed" in decide(page, "confirm").headers["Location"]
    assert "cancelled" in requests.get(page, timeout=10).text
    assert times_charged(provider, shop.order) == 0


def test_asking_again_makes_a_new_page_and_ends_the_old_one(shop: Till, provider: Provider) -> None:
    intent, old = asked(shop)
    new = shop.confirm(intent).next_action.redirect_to_url.url

    assert decide(old, "confirm").status_code == 404
    assert times_charged(provider, shop.order) == 0
    decide(new, "confirm")
    assert times_charged(provider, shop.order) == 1


def test_a_card_may_be_declined_after_the_customer_confirmed(shop: Till, provider: Provider) -> None:
    intent = shop.pay("pm_card_threeDSecureRequiredChargeDeclined")
    response = decide(intent.next_action.redirect_to_url.url, "confirm")

    assert "redirect_status=failed" in response.headers["Location"]
    assert shop.retrieve(intent.id).last_payment_error.code == "card_declined"
    assert payments(provider, shop.order)[0]["times_charged"] == 0


def test_the_answer_of_the_confirming_call_stays_the_same_for_its_key(shop: Till) -> None:
    intent, page = asked(shop, key=f"key-{shop.order}")
    decide(page, "confirm")

    assert shop.pay(ASKS, key=f"key-{shop.order}").status == "requires_action"
    with pytest.raises(stripe.InvalidRequestError):
        shop.confirm(intent)
