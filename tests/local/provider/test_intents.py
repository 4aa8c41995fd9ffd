"""Payment intents through the official SDK: each card, each state, and what is refused."""

from typing import Any

import pytest
import stripe

from local.provider import Provider
from tests.local.provider.conftest import RETURN_URL, Till, payments, till, times_charged


def test_a_card_pays_in_one_call(shop: Till, provider: Provider) -> None:
    intent = shop.pay(description="Studio, 2 hours")

    assert (intent.status, intent.amount, intent.amount_received, intent.currency) == ("succeeded", 30000, 30000, "krw")
    [payment] = payments(provider, shop.order)
    assert payment["id"] == intent.id
    assert payment["amount_received"] == 30000
    assert payment["times_charged"] == 1


def test_a_card_pays_in_two_calls(shop: Till, provider: Provider) -> None:
    created = shop.create()
    assert (created.status, created.amount_received, created.latest_charge) == ("requires_confirmation", 0, None)
    assert times_charged(provider, shop.order) == 0

    confirmed = shop.confirm(created.id)

    assert confirmed.status == "succeeded"
    assert shop.retrieve(created.id).latest_charge.startswith("ch_")
    assert times_charged(provider, shop.order) == 1


def test_the_card_may_be_named_only_when_confirming(shop: Till) -> None:
    created = shop.create(None)
    assert created.status == "requires_payment_method"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.confirm(created.id)
    assert caught.value.param == "payment_method"

    assert shop.confirm(created.id, "pm_card_visa").status == "succeeded"


def test_the_latest_charge_is_shown_whole_on_request(shop: Till) -> None:
    intent = shop.retrieve(shop.pay().id, expand=["latest_charge"])

    assert intent.latest_charge.amount == 30000
    assert intent.latest_charge.amount_refunded == 0
    assert shop.client.v1.charges.retrieve(intent.latest_charge.id).payment_intent == intent.id


@pytest.mark.parametrize(
    ("method", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_a_declined_card_is_not_charged(
    shop: Till, provider: Provider, method: str, code: str, decline_code: str
) -> None:
    created = shop.create(method)
    with pytest.raises(stripe.CardError) as caught:
        shop.confirm(created.id)

    assert caught.value.http_status == 402
    error: Any = caught.value.error
    assert (error.code, error.decline_code) == (code, decline_code)
    assert error.payment_intent["status"] == "requires_payment_method"
    [payment] = payments(provider, shop.order)
    assert payment["times_charged"] == payment["amount_received"] == 0
    assert shop.retrieve(created.id).last_payment_error.decline_code == decline_code


def test_after_a_decline_another_card_pays(shop: Till, provider: Provider) -> None:
    created = shop.create("pm_card_chargeDeclined")
    with pytest.raises(stripe.CardError):
        shop.confirm(created.id)

    assert shop.confirm(created.id, "pm_card_visa").status == "succeeded"
    assert [charge["status"] for charge in payments(provider, shop.order)[0]["charges"]] == ["failed", "succeeded"]


def test_a_decline_in_the_creating_call_leaves_the_intent(shop: Till, provider: Provider) -> None:
    with pytest.raises(stripe.CardError):
        shop.pay("pm_card_chargeDeclined")

    [payment] = payments(provider, shop.order)
    assert (payment["status"], payment["times_charged"]) == ("requires_payment_method", 0)


def test_a_paid_intent_is_not_confirmed_again(shop: Till, provider: Provider) -> None:
    intent = shop.pay()
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.confirm(intent.id)

    assert caught.value.code == "payment_intent_unexpected_state"
    assert times_charged(provider, shop.order) == 1


def test_an_unpaid_intent_is_canceled_for_good(shop: Till, provider: Provider) -> None:
    intent = shop.create()
    assert shop.cancel(intent.id).status == "canceled"

    with pytest.raises(stripe.InvalidRequestError, match="canceled"):
        shop.confirm(intent.id)
    with pytest.raises(stripe.InvalidRequestError, match="cannot cancel"):
        shop.cancel(intent.id)
    assert times_charged(provider, shop.order) == 0


def test_a_paid_intent_is_not_canceled(shop: Till) -> None:
    intent = shop.pay()
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.cancel(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"
    assert shop.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": "12.5"}, "amount"),
        ({"amount": 100_000_000}, "amount"),
        ({"amount": ""}, "amount"),
        ({"currency": "xyz"}, "currency"),
        ({"payment_method": "pm_card_unheard_of"}, "payment_method"),
        ({"capture_method": "manual"}, "capture_method"),
        ({"colour": "red"}, "colour"),
        ({"metadata": {"name": "x" * 501}}, "metadata[name]"),
        ({"metadata": {f"n{i}": "x" for i in range(51)}}, "metadata"),
        ({"confirm": "perhaps"}, "confirm"),
        ({"confirm": True}, "return_url"),
        ({"confirm": True, "return_url": "javascript:alert(1)"}, "return_url"),
        ({"return_url": RETURN_URL}, "return_url"),
        ({"automatic_payment_methods": "yes"}, "automatic_payment_methods"),
        ({"expand": ["customer"]}, "expand"),
    ],
)
def test_wrong_parameters_are_named(shop: Till, provider: Provider, wrong: dict[str, Any], param: str) -> None:
    before = len(provider.books()["payments"])
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.create(**wrong)
    assert caught.value.param == param
    assert len(provider.books()["payments"]) == before


def test_no_return_url_is_needed_when_no_method_may_redirect(shop: Till) -> None:
    intent = shop.create(confirm=True, automatic_payment_methods={"enabled": True, "allow_redirects": "never"})
    assert intent.status == "succeeded"
    assert shop.create(confirm=True, payment_method_types=["card"]).status == "succeeded"


def test_what_does_not_exist_is_404(shop: Till) -> None:
    for ask in (shop.retrieve, shop.cancel, shop.confirm):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            ask("pi_nobody")
        assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


@pytest.mark.parametrize("api_key", ["sk_live_local", "hello"])
def test_only_test_keys_are_let_in(provider: Provider, api_key: str) -> None:
    with pytest.raises(stripe.AuthenticationError):
        till(provider, api_key=api_key).pay()


def test_lists_come_in_pages_newest_first(own: Provider) -> None:
    shop = till(own)
    made = [shop.create().id for _ in range(5)]

    intents = shop.client.v1.payment_intents
    assert [i.id for i in intents.list({"limit": 2}).auto_paging_iter()] == made[::-1]
    assert [i.id for i in intents.list({"ending_before": made[1], "limit": 2}).data] == made[2:4][::-1]
    assert intents.list({"created": {"gte": 4_000_000_000}}).data == []
    assert len(intents.list({"created": {"gte": 1_000_000_000}}).data) == 5
