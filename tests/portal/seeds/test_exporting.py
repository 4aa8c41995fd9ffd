"""The catalog out and in again: the same bytes, and nothing changed."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import Engine, text

from portal.domains import catalog, resources
from portal.domains.catalog import Along, AttributeFields, CategoryFields, PolicyFields, ProductFields
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.seeds.exporting import export_csv, export_json
from portal.seeds.faults import BadSheet
from portal.seeds.importing import Imported, import_catalog
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
WRITES: dict[str, Callable[..., bytes]] = {"csv": export_csv, "json": export_json}
TABLES = (
    "addons, attributes, audit_entries, categories, offering_parts, offering_places, offerings, opening_hours, prices,"
    " products, resource_units, resources, stock_movements"
)


def furnish(tx: Tx) -> None:
    """Everything that a file can tell, with names that are hard to write down."""
    top = catalog.create_category(tx, CategoryFields("Rooms / 방", "Doors\nto close", position=3, slug="rooms"))
    twins = [catalog.create_category(tx, CategoryFields("Studios", parent_id=top.id)) for _ in range(2)]
    goods = catalog.create_category(tx, CategoryFields("=Things, to take", unlisted=True))
    old = catalog.create_category(tx, CategoryFields("Old"))
    catalog.withdraw_category(tx, old.id, old.version, now=NOW)
    for fields in (
        AttributeFields("Size", "number", unit="m²", required=True, filterable=True, shown="list"),
        AttributeFields("View", "choice", options=[("sea", "The sea = blue"), ("yard", "Yard; quiet")], position=2),
        AttributeFields("Step-free", "flag"),
        AttributeFields("Opened", "date", shown="staff"),
        AttributeFields("Note", "text"),
    ):
        catalog.create_attribute(tx, top.id, fields)
    values: dict[str, object] = {"size": -12.5, "view": "sea", "step-free": False, "opened": "2020-02-29"}
    values |= {"note": "-1+2", "Free fact": "yes", "Seats": 8, "Quiet": True}
    words = {"summary": '"Quoted", and', "description": "One.\n\n둘.", "cover": "studio-room"}
    attic = catalog.create_product(
        tx, "booking", ProductFields(twins[1].id, "Attic", attributes=values, slug="the-attic", **words)
    )
    place = factories.resource(
        tx, name="Attic", slug="upstairs", units=3, hours=[(0, 540, 720), (1, 540, 720), (6, 1200, 1560)]
    )
    rules = resources.OfferingRules(60, 240, buffer_after=15, max_quantity=2, once_each=True)
    resources.offer(tx, attic.id, place.id, rules)
    serve(tx, attic.id, place.id)
    price(tx, attic.id, 30000, "hour")
    price(tx, attic.id, 36000, "hour", starts_at=NOW + timedelta(days=30), ends_at=NOW + timedelta(days=60))
    policy = catalog.find_refund_policy(tx, "Never") or catalog.create_refund_policy(
        tx, PolicyFields("Never", refundable=False)
    )
    catalog.assign_refund_policy(tx, attic.id, attic.version, policy.id)
    catalog.publish_product(tx, attic.id, attic.version, now=NOW)
    shirt = catalog.create_product(tx, "goods", ProductFields(goods.id, "+Shirt", slug="shirt"))
    price(tx, shirt.id, 1, "piece")
    catalog.publish_product(tx, shirt.id, shirt.version, now=NOW)
    sizes = []
    for name, amount in (("Large", 19000), ("A small one", 17000)):
        sizes.append(catalog.create_variant(tx, shirt.id, name))
        price(tx, sizes[-1].id, amount, "piece", ends_at=NOW + timedelta(days=9))
        catalog.set_stock(tx, sizes[-1].id, 7, reason="counted")
        catalog.publish_product(tx, sizes[-1].id, sizes[-1].version, now=NOW)
    draft = catalog.create_product(tx, "goods", ProductFields(goods.id, "Draft"))
    price(tx, draft.id, "12.50", "piece", currency="EUR", starts_at=NOW + timedelta(days=1))
    catalog.set_addons(tx, attic.id, [Along(sizes[1].id, 2), Along(draft.id, 1)])


def serve(tx: Tx, product_id: Any, place_id: Any) -> None:
    """A cellar in place of it, a guide besides; hours of their own in summer and on a day."""
    cellar = factories.resource(tx, name="=Cellar", slug="cellar", units=3, hours=[(2, 0, 1440)])
    guides = [factories.resource(tx, name=f"안내 {n}", slug=f"guide-{n}").id for n in (1, 2)]
    factories.resource(tx, name="Shed", slug="shed")
    guide = resources.PartRules("Guide = friend", guides, once=True, choosable=True)
    resources.set_parts(tx, product_id, [resources.PartRules("Where", [cellar.id]), guide])
    week = [resources.Hours(0, 600, 720), resources.Hours(0, 780, 1500), resources.Hours(3, 600, 720)]
    for place in place_id, cellar.id:
        resources.set_dated_hours(tx, place, date(2027, 7, 1), date(2027, 8, 31), week, now=clock.now())
        resources.set_dated_hours(tx, place, date(2027, 12, 24), date(2027, 12, 24), week[:1], now=clock.now())


def price(tx: Tx, product_id: Any, amount: Any, unit: str, **how: Any) -> None:
    catalog.schedule_price(tx, product_id, amount=Decimal(amount), unit=unit, now=NOW, reason="Season", **how)


def emptied(tx: Tx) -> None:
    tx.execute(text(f"TRUNCATE {TABLES} CASCADE"))
    tx.expire_all()


@pytest.mark.parametrize("form", WRITES)
def test_into_an_empty_catalog_and_out_again_are_the_same_bytes(database: Engine, form: str) -> None:
    write, later = WRITES[form], NOW + timedelta(minutes=5)
    with transaction(database) as tx:
        furnish(tx)
        before = write(tx, now=NOW)
        other = {name: other(tx, now=NOW) for name, other in WRITES.items()}
    with transaction(database) as tx:
        emptied(tx)
        assert import_catalog(tx, before, now=later).created == 5
    with transaction(database) as tx:
        assert write(tx, now=later) == before
        assert {name: other(tx, now=later) for name, other in WRITES.items()} == other


@pytest.mark.parametrize("form", WRITES)
def test_brought_in_again_it_changes_nothing(database: Engine, form: str) -> None:
    with transaction(database) as tx:
        furnish(tx)
        file = WRITES[form](tx, now=NOW)
    rows = "SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM {} t"
    with transaction(database) as tx:
        before = [tx.scalar(text(rows.format(table))) for table in TABLES.split(", ")]
    with transaction(database) as tx:
        assert import_catalog(tx, file, now=NOW + timedelta(minutes=5)) == Imported(updated=5)
    with transaction(database) as tx:
        assert [tx.scalar(text(rows.format(table))) for table in TABLES.split(", ")] == before


def test_spreadsheets_are_given_words_and_no_formulas(tx: Tx) -> None:
    furnish(tx)
    rows = list(csv.DictReader(StringIO(export_csv(tx, now=NOW).decode("utf-8-sig"))))
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in "=+@" and cell]
    assert "'=Things, to take" in cells
    assert "-12.5" in cells, "a number stays one"
    assert {row["name"]: row["variant_of"] for row in rows if row["variant_of"]} == {
        "Large": "shirt",
        "A small one": "shirt",
    }


def test_one_bad_line_of_ten_thousand_is_named_and_nothing_is_changed(tx: Tx) -> None:
    lines = [f"goods,Things,Thing {number},{1000 + number}" for number in range(10_000)]
    lines[7_654] = "goods,Things,Thing 7654,a lot"
    file = "\n".join(["kind,category,name,price", *lines]).encode()
    with pytest.raises(BadSheet) as caught, tx.begin_nested():
        import_catalog(tx, file, now=NOW)
    assert [str(one) for one in caught.value.problems] == [
        "line 7656, price: «a lot» is not an amount; write one such as 30000 or 12.50"
    ]
    assert tx.scalar(text("SELECT count(*) FROM products")) == tx.scalar(text("SELECT count(*) FROM categories")) == 0


@pytest.mark.parametrize(
    ("line", "column", "told"),
    [
        ({"kind": "goods", "variant_of": "nothing", "name": "Large", "price": "1"}, "variant_of", "no product"),
        ({"kind": "goods", "variant_of": "kayak", "name": "Large", "price": "1"}, "kind", "is booking"),
        (
            {"kind": "booking", "variant_of": "kayak", "name": "A", "price": "1", "resource": "Kayak", "length": "60"}
            | {"summary": "x"},
            "summary",
            "variant",
        ),
        ({"kind": "booking", "name": "Kayak", "slug": "kayak", "addons": "nothing=2"}, "addons", "no goods"),
        ({"kind": "booking", "name": "Kayak", "slug": "kayak", "addons": "kayak=2"}, "addons", "no such goods"),
        ({"kind": "booking", "name": "Kayak", "slug": "kayak", "addons": "tea"}, "addons", "no goods to go"),
        ({"kind": "booking", "name": "Kayak", "slug": "kayak", "attribute:size": "big"}, "attribute:size", "number"),
        ({"kind": "booking", "name": "Kayak", "slug": "kayak", "attribute:depth": "1"}, "attribute:depth", "no such"),
        (
            {"kind": "booking", "name": "Kayak", "slug": "kayak", "later_prices": "soon 3 hour"},
            "later_prices",
            "no later",
        ),
        (
            {"kind": "booking", "name": "Kayak", "slug": "kayak", "later_prices": "2020-01-01T00:00Z 3 hour"},
            "later_prices",
            "later than now",
        ),
        (
            {"kind": "attribute", "name": "Size", "type": "number", "slug": "size", "options": "a = b"},
            "options",
            "Only a choice",
        ),
        ({"kind": "attribute", "name": "Size", "type": "colour"}, "type", "is not one of"),
        ({"kind": "category", "price": "1"}, "price", "only goods and bookings"),
        ({"kind": "goods", "name": "Tea", "price": "1", "currency": "XYZ"}, "currency", "one of"),
        ({"kind": "goods", "name": "Tea", "price": "1", "facts": "[]"}, "facts", "no facts"),
        ({"kind": "goods", "name": "Tea", "price": "1", "cover": "kayk"}, "cover", "do you mean kayak"),
        ({"kind": "goods", "name": "Tea", "price": "1", "cover": "Ünknown"}, "cover", "there are "),
        ({"kind": "booking", "name": "Kayak", "slug": "kayak", "parts": "A = nobody"}, "parts", "no resource"),
        ({"kind": "booking", "name": "Kayak", "slug": "kayak", "parts": "nobody"}, "parts", "no part"),
        ({"kind": "booking", "name": "Kayak", "slug": "kayak", "parts": "A = b (often)"}, "parts", "no part"),
        ({"kind": "goods", "name": "Tea", "price": "1", "parts": "none"}, "parts", "only bookings"),
        ({"kind": "resource", "category": "", "resource": "Shed", "seasons": "soon"}, "seasons", "hours of some days"),
        (
            {"kind": "resource", "category": "", "resource": "Shed", "seasons": "2027-02-30: Mon 10:00-11:00"},
            "seasons",
            "hours of some days",
        ),
        (
            {
                "kind": "resource",
                "category": "",
                "resource": "Shed",
                "seasons": "2027-03-02 to 2027-03-01: Mon 1:00-2:00",
            },
            "seasons",
            "before the first",
        ),
        ({"kind": "resource", "category": "", "resource": "Shed", "price": "1"}, "price", "only goods and bookings"),
        ({"kind": "resource", "category": "Water", "resource": "Shed"}, "category", "resources do not have"),
        ({"kind": "resource", "category": ""}, "resource", "cannot be empty"),
    ],
)
def test_a_bad_line_is_told_with_its_column(tx: Tx, line: dict[str, str], column: str, told: str) -> None:
    shelf = factories.category(tx, name="Water", slug="water")
    factories.bookable(tx, name="Kayak", slug="kayak").product.category_id = shelf.id
    catalog.create_attribute(tx, shelf.id, AttributeFields("Size", "number"))
    tx.flush()
    with pytest.raises(BadSheet) as caught:
        import_catalog(tx, json.dumps([{"category": "Water", **line}]).encode(), now=NOW)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (1, column)
    assert told in str(problem)


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("[{]", "line 1: this cannot be read as JSON"),
        ("[]", "line 1: the file is empty"),
        ("[1]", "line 1: this is no line"),
        ('[{"kind": "goods", "category": "A", "name": ["B"]}]', "line 1, name: this is neither a text nor"),
        ('{"kind": "goods", "category": "A"}', "line 1: this is no list of objects"),
        ('[{"kind": "goods", "categorie": "A"}]', "line 1, categorie: there is no such column; do you mean category?"),
    ],
)
def test_json_that_is_no_catalog_is_told(tx: Tx, file: str, told: str) -> None:
    with pytest.raises(BadSheet) as caught:
        import_catalog(tx, file.encode(), now=NOW)
    assert str(caught.value.problems[0]).startswith(told)


def test_json_takes_numbers_and_answers_as_they_are(tx: Tx) -> None:
    line = {"kind": "goods", "category": "Things", "name": "Tea", "price": 9000, "stock": 4, "published": False}
    import_catalog(tx, json.dumps([line]).encode(), now=NOW)
    tea = catalog.find_product(tx, "tea", hidden=True)
    assert tea is not None
    assert (tea.stock, tea.published_at) == (4, None)
