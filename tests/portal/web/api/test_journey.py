"""A whole booking by API, with the real provider and engine: paid, refunded, declined, confirmed at the bank."""

from collections.abc import Iterator
from typing import Any

import pytest

import local.provider
from portal import create_app
from portal.config import Settings
from portal.web.database import db
from tests.portal.web.api.conftest import Caller, Shop
from tests.support import people
from tests.support import shop as support


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.provider.Provider]:
    with local.provider.running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def works(shop: Shop, settings: Settings, provider: local.provider.Provider) -> Iterator[support.Shop]:
    """The engine at work beside the API; the shop's calls go to an app that knows the provider."""
    shop.app = create_app(settings.model_copy(update={"stripe_api_base": provider.url}))
    with support.opened(shop.app, shop.engine, provider) as works:
        yield works
    with shop.app.app_context():
        db.engine.dispose()


def order(shop: Shop, works: support.Shop, caller: Caller, card: str, **more: Any) -> dict[str, Any]:
    number = shop.order(caller, payment={"token": card}, **more)
    works.settle()
    return dict(caller.get(f"/orders/{number}").json)


def test_paid_and_given_back(shop: Shop, works: support.Shop) -> None:
    customer = shop.caller()
    desk = shop.caller("staff:refunds", person=people.staff(shop.engine, "refunds"))
    shop.grant(customer.person, 5000)
    told = order(shop, works, customer, "pm_card_visa", points=2000, goods=[{"product": "tea", "quantity": 1}])
    assert (told["state"], told["charged"]["amount"], told["points_accrued"]) == ("completed", "34000", 340)
    assert told["saga"]["state"] == "done"
    assert {step["state"] for step in told["saga"]["steps"]} == {"done"}
    assert customer.get("/points").json["available"] == 3340

    asked = customer.post(f"/orders/{told['number']}/refunds", {"reason": "I am ill."}).json
    assert (asked["amount"]["amount"], asked["points"], asked["points_withdrawn"]) == ("34000", 2000, 340)
    assert desk.post(f"/staff/refunds/{asked['id']}/approval").status_code == 202
    works.settle()
    assert customer.get(f"/refunds/{asked['id']}").json["state"] == "settled"
    told = customer.get(f"/orders/{told['number']}").json
    assert (told["state"], told["refunded"]["amount"], told["points_returned"]) == ("refunded", "34000", 2000)
    assert customer.get("/points").json["available"] == 5000
    assert customer.get("/products/tea").json["stock"] == 5
    shop.hold(shop.caller())


def test_a_declined_card_gives_everything_back(shop: Shop, works: support.Shop) -> None:
    customer = shop.caller()
    shop.grant(customer.person, 5000)
    told = order(shop, works, customer, "pm_card_chargeDeclined", points=2000)
    assert (told["state"], told["charged"]["amount"], told["points_used"]) == ("cancelled", "0", 0)
    assert told["refusal"]
    assert told["saga"]["state"] == "compensated"
    assert customer.get("/points").json["available"] == 5000


def test_a_card_that_asks_shows_where_to_confirm(shop: Shop, works: support.Shop) -> None:
    told = order(shop, works, shop.caller(), "pm_card_threeDSecure2Required")
    assert told["state"] == "awaiting_payment"
    assert told["action"]["url"].startswith(works.provider.url)
    assert told["action"]["until"]
