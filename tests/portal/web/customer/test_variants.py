"""Adults and children: one card, one page, a choice, and lines of an order that say which it was."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from portal.domains import catalog
from portal.domains.catalog import Product
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from tests import factories
from tests.factories.catalog import LONG_AGO
from tests.portal.web.customer.conftest import Wares, form_of, hold, pay
from tests.support.shop import Browser, Shop


@pytest.fixture
def tour(shop: Shop) -> Product:
    """A tour for ten, for adults and for children, who sit in the same kayaks."""
    with transaction(shop.engine) as tx:
        sea = factories.resource(tx, units=10, name="Kayaks")
        whole = factories.product(tx, name="Kayak tour", slug="kayak-tour", summary="Out to the islands")
        for name, amount in (("Adult", 40000), ("Child", 25000)):
            _variant(tx, whole, name, amount, sea.id)
        return whole


def _variant(tx: Tx, whole: Product, name: str, amount: int, place_id: UUID) -> None:
    made = catalog.create_variant(tx, whole.id, name)
    factories.price(tx, made.id, amount=amount, unit="person")
    factories.offering(tx, made.id, place_id, length=120, max_quantity=10, start_step=60)
    catalog.publish_product(tx, made.id, made.version, now=LONG_AGO)


def test_the_list_shows_it_once_and_its_page_lets_one_choose(shop: Shop, me: Browser, tour: Product) -> None:
    shelf = me.get("/?q=kayak").text
    assert shelf.count('class="card-name"') == 1
    assert "Kayak tour, Adult" not in shelf
    assert "from" in shelf
    assert "₩25,000" in shelf
    assert "Next free" in shelf
    first = me.get("/products/kayak-tour")
    assert (first.status_code, first.location) == (303, "/products/kayak-tour-adult")
    page = me.get(first.location).text
    assert "<h1>Kayak tour</h1>" in page
    assert "Out to the islands" in page
    assert 'href="/products/kayak-tour-child"' in page
    assert page.count('aria-current="true"') >= 1
    assert "₩25,000" in me.get("/products/kayak-tour-child").text


def test_two_adults_and_a_child_are_three_places_of_one_tour(shop: Shop, me: Browser, tour: Product) -> None:
    held = hold(me, "kayak-tour-adult", quantity="2"), hold(me, "kayak-tour-child")
    assert held[0] != held[1]
    answer = me.post("/checkout", {**_whole_form(me), "payment": "pm_card_visa", "points": "0"})
    assert answer.status_code == 303, answer.text
    shop.settle()
    assert shop.all("SELECT title, quantity, amount FROM order_lines ORDER BY amount DESC") == [
        ("Kayak tour, Adult", 2, 80000),
        ("Kayak tour, Child", 1, 25000),
    ]
    assert shop.one("SELECT count(DISTINCT unit) FROM reservations WHERE status = 'CONFIRMED'") == 3


def test_the_product_itself_and_its_withdrawn_variants_are_not_sold(shop: Shop, me: Browser, tour: Product) -> None:
    start = (clock.now() + timedelta(days=3)).isoformat()
    assert me.post("/products/kayak-tour/holds", {"start": start, "quantity": "1"}).status_code != 303
    with transaction(shop.engine) as tx:
        for one in catalog.variants_of(tx, tour.id):
            catalog.withdraw_product(tx, one.id, one.version, now=clock.now())
    page = me.get("/products/kayak-tour")
    assert page.status_code == 200
    assert "cannot be booked at the moment" in page.text
    assert me.get("/products/kayak-tour-adult").status_code == 404


def test_sizes_are_bought_each_from_its_own_stock(shop: Shop, me: Browser, wares: Wares) -> None:
    with transaction(shop.engine) as tx:
        shirt = factories.product(tx, kind="goods", name="Shirt", slug="shirt")
        for name, stock in (("Small", 1), ("Large", 0)):
            made = catalog.create_variant(tx, shirt.id, name)
            factories.price(tx, made.id, amount=9000, unit="piece")
            if stock:
                catalog.adjust_stock(tx, made.id, stock, reason="delivery")
            catalog.publish_product(tx, made.id, made.version, now=LONG_AGO)
    assert "Sold out for now" in me.get("/products/shirt-large").text
    small = shop.one("SELECT id FROM products WHERE slug = 'shirt-small'")
    hold(me)
    assert "Shirt, Small" in me.get("/checkout").text
    assert pay(me, **{f"goods-{small}": "1"}).status_code == 303
    shop.settle()
    assert shop.one("SELECT stock FROM products WHERE slug = 'shirt-small'") == 0
    assert shop.one("SELECT title FROM order_lines WHERE kind = 'goods'") == "Shirt, Small"


def test_apps_are_told_of_variants(shop: Shop, me: Browser, tour: Product) -> None:
    for told in (me.get("/api/v1/products?q=kayak").json["items"][0], me.get("/api/v1/products/kayak-tour").json):
        assert told["price"] == {"amount": "25000", "currency": "KRW"}
        assert [(one["slug"], one["name"], one["price"]["amount"]) for one in told["variants"]] == [
            ("kayak-tour-adult", "Adult", "40000"),
            ("kayak-tour-child", "Child", "25000"),
        ]
    assert me.get("/api/v1/products/kayak-tour-child").json["variants"] == []


def _whole_form(browser: Browser) -> dict[str, object]:
    """The checkout's form with every hold in it."""
    page = browser.get("/checkout").text
    return {**form_of(page), "hold": re.findall(r'name="hold" value="([^"]*)"', page)}
