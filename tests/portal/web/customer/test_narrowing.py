"""Customers narrow a category by what is known about its products; the address keeps it."""

import re

import pytest
from sqlalchemy import Engine

from portal.domains import catalog
from portal.domains.catalog import AttributeFields, ProductFields
from portal.kernel.db import transaction
from tests.portal.web.customer.conftest import Wares
from tests.portal.web.customer.test_catalog import statements
from tests.support.shop import Browser, Shop


@pytest.fixture
def guest(shop: Shop, wares: Wares) -> Browser:
    """Somebody before a shelf of rooms: Studio A is 34 m², for experts; Hall is 120 m², open to all."""
    with transaction(shop.engine) as tx:
        rooms = catalog.find_category(tx, "rooms")
        assert rooms is not None
        levels = [("all", "Open to all"), ("expert", "Experts")]
        for fields in (
            AttributeFields("Level", "choice", options=levels, filterable=True, shown="list"),
            AttributeFields("Size", "number", unit="m²", filterable=True),
            AttributeFields("Parking", "flag", filterable=True),
            AttributeFields("Opened", "date", filterable=True),
            AttributeFields("Note", "text", filterable=True),
            AttributeFields("Cleaner", "text", shown="staff"),
        ):
            catalog.create_attribute(tx, rooms.id, fields)
        values = {"level": "expert", "size": 34, "parking": True, "opened": "2020-05-01", "cleaner": "Mr Park"}
        catalog.edit_product(
            tx,
            wares.room.id,
            wares.room.version,
            ProductFields(rooms.id, "Studio A", attributes={**values, "Piano": True}),
        )
        hall = ProductFields(rooms.id, "Hall", attributes={"level": "all", "size": 120, "note": "By the sea"})
        made = catalog.create_product(tx, "booking", hall)
        catalog.publish_product(tx, made.id, made.version, now=made.created_at)
    return shop.browser()


def names(guest: Browser, asked: str) -> set[str]:
    page = guest.get(f"/?category=rooms{asked}").text
    return {name for name in ("Studio A", "Hall") if f">{name}</a>" in page}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {"Studio A", "Hall"}),
        ("&a.level=expert", {"Studio A"}),
        ("&a.level=expert&a.level=all", {"Studio A", "Hall"}),
        ("&a.level=nonsense", {"Studio A", "Hall"}),
        ("&a.size.from=100", {"Hall"}),
        ("&a.size.from=30,5&a.size.to=40", {"Studio A"}),
        ("&a.size.from=1&a.size.to=2", set()),
        ("&a.parking=true", {"Studio A"}),
        ("&a.opened.from=2020-05-01&a.opened.to=2020-05-01", {"Studio A"}),
        ("&a.note=SEA", {"Hall"}),
        ("&a.cleaner=nobody", {"Studio A", "Hall"}),
        ("&a.level=all&a.size.to=50", set()),
    ],
)
def test_the_list_is_as_the_address_says(guest: Browser, asked: str, found: set[str]) -> None:
    assert names(guest, asked) == found


@pytest.mark.parametrize("asked", ["&a.size.from=big", "&a.size.to=nan", "&a.opened.from=yesterday", "&a.size.to=1_0"])
def test_what_cannot_be_read_is_told_beside_its_field_and_narrows_nothing(guest: Browser, asked: str) -> None:
    assert names(guest, asked) == {"Studio A", "Hall"}
    assert 'aria-invalid="true"' in guest.get(f"/?category=rooms{asked}").text


@pytest.mark.parametrize("asked", ["&a.size.from=50&a.size.to=10", "&a.opened.from=2021-01-01&a.opened.to=2020-01-01"])
def test_ends_in_the_wrong_order_are_told_beside_the_field_and_narrow_nothing(guest: Browser, asked: str) -> None:
    assert names(guest, asked) == {"Studio A", "Hall"}
    page = guest.get(f"/?category=rooms{asked}").text
    assert 'aria-invalid="true"' in page
    assert "From and to are the other way round." in page


def test_wishes_are_kept_shown_and_taken_back_one_by_one(guest: Browser) -> None:
    page = guest.get("/?category=rooms&a.level=expert&a.size.from=30").text
    assert 'value="expert" checked' in page
    assert 'value="30"' in page
    taken = re.findall(r'<li><a href="([^"]*)"[^>]*>(Experts|Size: from 30 m²)', page)
    assert [(address.replace("&amp;", "&"), words) for address, words in taken] == [
        ("/?category=rooms&a.size.from=30", "Experts"),
        ("/?category=rooms&a.level=expert", "Size: from 30 m²"),
    ]


def test_nothing_like_that_leads_back_to_the_category(guest: Browser) -> None:
    page = guest.get("/?category=rooms&a.size.from=5000").text
    assert "Nothing here is like that" in page
    assert 'href="/?category=rooms"' in page


def test_a_category_shows_its_own_filters_and_the_whole_catalog_none(guest: Browser) -> None:
    assert "Narrow the list" in guest.get("/?category=rooms").text
    assert "Narrow the list" not in guest.get("/").text


def test_htmx_gets_the_list_alone(guest: Browser) -> None:
    page = guest.client.get("/?category=rooms&a.level=all", headers={"HX-Request": "true"}).text
    assert page.lstrip().startswith('<div id="catalog-results"')


def test_the_page_tells_what_is_known_and_not_what_is_for_staff(guest: Browser) -> None:
    page = guest.get("/products/studio-a").text
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th><td>([^<]*)</td></tr>', page)
    assert rows[:5] == [
        ("Level", "Experts"),
        ("Opened", "May 1, 2020"),
        ("Parking", "yes"),
        ("Size", "34 m²"),
        ("Piano", "yes"),
    ]
    assert "Mr Park" not in page
    assert "Experts" in guest.get("/").text, "the list tells it too"


def test_apps_read_the_values_and_not_what_is_for_staff(guest: Browser) -> None:
    (item,) = [one for one in guest.get("/api/v1/products?q=studio").json["items"] if one["slug"] == "studio-a"]
    known = {"level": "expert", "size": 34, "parking": True, "opened": "2020-05-01", "Piano": True}
    assert item["attributes"] == known
    assert guest.get("/api/v1/products/studio-a").json["attributes"] == known


def test_filters_cost_one_statement(shop: Shop, guest: Browser, database: Engine) -> None:
    plain = statements(shop.app, lambda: guest.get("/?category=rooms"))
    narrow = statements(shop.app, lambda: guest.get("/?category=rooms&a.level=expert&a.size.from=1"))
    assert len(narrow) == len(plain) <= 11, narrow
