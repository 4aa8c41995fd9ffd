"""The list: what there is, what it costs from, and when it is next free, for one product or many at the same price."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from portal.domains import reservations
from portal.kernel import clock
from portal.kernel.db import transaction
from tests import factories
from tests.portal.web.customer.conftest import Wares, at
from tests.support.shop import Browser, Shop
from tests.support.statements import Sent, counted_on


@pytest.fixture
def guest(shop: Shop, wares: Wares) -> Browser:
    return shop.browser()


def test_a_card_shows_price_place_and_the_next_free_time(guest: Browser) -> None:
    page = guest.get("/").text
    assert "Studio A" in page
    assert "₩30,000" in page
    assert "Seongsu, Seoul" in page
    assert "Next free" in page
    assert "(KST)" in page
    assert "In stock" in page, "goods tell their stock instead"


def test_what_is_full_or_closed_says_so_in_the_list(shop: Shop, guest: Browser) -> None:
    with transaction(shop.engine) as tx:
        factories.bookable(tx, name="Never open", hours=())
        full = factories.bookable(tx, name="One night only", hours=((at(10).weekday(), 600, 660),), horizon_days=6)
        account = factories.account(tx)
    with transaction(shop.engine) as tx:
        reservations.hold(
            tx, account_id=account.id, product_id=full.product.id, starts_at=at(10), now=clock.now(), minutes=15
        )
    page = guest.get("/").text
    assert "Not open for booking" in page
    assert "Fully booked for now" in page


def test_a_price_begins_somewhere_only_where_it_grows(shop: Shop, guest: Browser) -> None:
    with transaction(shop.engine) as tx:
        factories.bookable(tx, name="Kayak", price_unit="half_hour", amount=9000)
    told = re.findall(r'<p class="card-price">(.*?)</p>', guest.get("/").text)
    plain = [re.sub(r"<[^>]*>", "", price) for price in told]
    assert sorted(plain) == ["from ₩9,000 / half hour", "₩30,000", "₩5,000"]


def test_search_and_category_narrow_the_list(shop: Shop, guest: Browser) -> None:
    assert "Studio A" in guest.get("/?q=STUDIO").text
    towels = guest.get("/?q=towel").text
    assert "Linen towel" in towels
    assert "Studio A" not in towels
    rooms = guest.get("/?category=rooms").text
    assert "Studio A" in rooms
    assert "Linen towel" not in rooms
    assert "Linen towel" not in guest.get("/?q=towel&category=rooms").text


def test_nothing_found_says_what_to_do_next(guest: Browser) -> None:
    page = guest.get("/?q=%3Cscript%3E").text
    assert "Nothing fits" in page
    assert "Show everything" in page
    assert "<script>&" not in page
    assert "“<script>" not in page


def test_htmx_gets_the_results_alone(guest: Browser) -> None:
    piece = guest.get("/?category=rooms", fragment=True)
    assert piece.text.strip().startswith('<div id="catalog-results"')
    assert "<html" not in piece.text
    assert "HX-Request" in piece.headers["Vary"]


def test_drafts_and_withdrawn_products_are_not_listed(shop: Shop, guest: Browser) -> None:
    with transaction(shop.engine) as tx:
        factories.product(tx, name="A secret", published=False, slug="secret")
    assert "A secret" not in guest.get("/").text
    assert guest.get("/products/secret").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?category=nowhere", 404),
        ("/?after=nonsense", 422),
        ("/?q=" + "long " * 400, 200),
        ("/?q=%25_%5C", 200),
        ("/?q=%00", 400),
        ("/?category=%F0%9F%98%80", 404),
    ],
)
def test_odd_addresses_are_answered(guest: Browser, path: str, status: int) -> None:
    assert guest.get(path).status_code == status


def test_many_pages_are_walked_one_after_the_other(shop: Shop, guest: Browser) -> None:
    with transaction(shop.engine) as tx:
        category = factories.category(tx, name="Shelf", slug="shelf")
        for n in range(30):
            factories.goods(tx, name=f"Thing {n:02}", category_id=category.id)
    first = guest.get("/?category=shelf").text
    assert first.count("Thing ") >= 24
    assert "Thing 29" not in first
    more = re.findall(r'href="(/[?][^"]*after=[^"]*)"', first)[-1].replace("&amp;", "&")
    second = guest.get(more).text
    assert "Thing 29" in second
    assert "Thing 00" not in second
    assert "Back to the start" in second


def test_the_number_of_statements_does_not_grow_with_the_list(shop: Shop, guest: Browser) -> None:
    few = statements(shop.app, lambda: guest.get("/"))
    with transaction(shop.engine) as tx:
        account = factories.account(tx)
        made = [factories.bookable(tx, name=f"Room {n}", units=2) for n in range(15)]
    for n, room in enumerate(made[:5]):
        with transaction(shop.engine) as tx:
            reservations.hold(
                tx,
                account_id=account.id,
                product_id=room.product.id,
                starts_at=at(10) + timedelta(hours=n),
                now=clock.now(),
                minutes=15,
            )
    many = statements(shop.app, lambda: guest.get("/"))
    assert len(many) == len(few) <= 9, [line[:80] for line in many]


def statements(app: Flask, act: Callable[[], TestResponse]) -> Sent:
    """What the web server says to the database meanwhile, but for being there."""
    from portal.web.database import db

    with app.app_context():
        engine: Engine = db.engine
    with counted_on(engine) as sent:
        assert act().status_code == 200
    return sent
