"""A shop with something to book, something to buy, and a customer with points."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Engine

import local.provider
from portal import create_app
from portal.config import Settings
from portal.domains import points
from portal.domains.catalog import Product
from portal.kernel import clock
from portal.kernel.db import transaction
from tests import factories
from tests.support import people
from tests.support.shop import Browser, Shop, opened

SEOUL = ZoneInfo("Asia/Seoul")
POINTS = 5000


@dataclass(frozen=True)
class Wares:
    """`room`: one unit, an hour, ₩30,000. `towel`: ten pieces, ₩5,000. `start`: a time the room can be booked."""

    room: Product
    towel: Product
    start: datetime


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.provider.Provider]:
    with local.provider.running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture(scope="session")
def shop_app(settings: Settings, provider: local.provider.Provider) -> Flask:
    app = create_app(settings.model_copy(update={"stripe_api_base": provider.url, "checkout_wait": 8.0}))
    app.testing = True
    return app


@pytest.fixture
def shop(shop_app: Flask, database: Engine, provider: local.provider.Provider) -> Iterator[Shop]:
    """See tests/support/shop.py."""
    provider.clear_faults()
    with opened(shop_app, database, provider) as shop:
        yield shop


@pytest.fixture
def wares(database: Engine) -> Wares:
    with transaction(database) as tx:
        category = factories.category(tx, name="Rooms", slug="rooms")
        room = factories.bookable(tx, name="Studio A", slug="studio-a", amount=30000, start_step=60)
        room.product.category_id = category.id
        room.resource.place = "Seongsu, Seoul"
        towel = factories.goods(tx, name="Linen towel", amount=5000, stock=10, slug="linen-towel")
        return Wares(room.product, towel, at(10))


@pytest.fixture
def me(shop: Shop, wares: Wares) -> Browser:
    """A customer with points, signed in."""
    person = people.customer(shop.engine)
    with transaction(shop.engine) as tx:
        points.grant(tx, f"welcome:{person.id}", person.id, POINTS, "Welcome")
    return shop.browser(person)


@pytest.fixture
def stranger(shop: Shop) -> Browser:
    """Somebody else, signed in."""
    return shop.browser(people.customer(shop.engine))


def at(hour: int, *, days: int = 3) -> datetime:
    """That hour in Seoul, some days from now."""
    day = (clock.now() + timedelta(days=days)).astimezone(SEOUL).date()
    return datetime(day.year, day.month, day.day, hour, tzinfo=SEOUL).astimezone(UTC)


def hold(browser: Browser, slug: str = "studio-a", *, start: datetime | None = None, **more: Any) -> str:
    """Presses a slot; the hold's id."""
    answer = browser.post(f"/products/{slug}/holds", {"start": (start or at(10)).isoformat(), "quantity": "1", **more})
    assert answer.status_code == 303, answer.text
    page = browser.get("/checkout")
    return form_of(page.text)["hold"]


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms that count: the last of each name."""
    return dict(re.findall(r'<input type="hidden" name="(hold|key|shown)" value="([^"]*)"', page))


def pay(browser: Browser, **fields: Any) -> Any:
    """Sends the checkout as it stands, with a card that pays unless told otherwise."""
    form = form_of(browser.get("/checkout").text)
    return browser.post("/checkout", {**form, "payment": "pm_card_visa", "points": "0", **fields})


def booked(shop: Shop, browser: Browser, *, start: datetime | None = None, **fields: Any) -> str:
    """Holds and pays; the order's number."""
    hold(browser, start=start)
    answer = pay(browser, **fields)
    assert answer.status_code == 303, answer.text
    shop.settle()
    return str(answer.location).rpartition("/")[2]
