"""All faults of a file are told in one round, whichever rule finds them, and none that only follows from another."""

import json

import pytest

from portal.domains import catalog
from portal.domains.catalog import AttributeFields
from portal.kernel.db import Tx
from portal.seeds.faults import BadSheet
from portal.seeds.importing import import_catalog
from tests import factories
from tests.portal.seeds.test_importing import NOW

TEA = {"kind": "goods", "category": "Things", "name": "Tea", "price": "9000"}
SHIP = {"kind": "booking", "category": "Things", "name": "Ship", "price": "1", "resource": "Ship", "length": "60"}


def told(tx: Tx, file: bytes | str) -> list[tuple[int, str]]:
    with pytest.raises(BadSheet) as caught, tx.begin_nested():
        import_catalog(tx, file.encode() if isinstance(file, str) else file, now=NOW)
    return [(one.line, one.column) for one in caught.value.problems]


def told_of(tx: Tx, *objects: object) -> list[tuple[int, str]]:
    return told(tx, json.dumps(objects))


def test_a_cell_that_cannot_be_read_hides_no_other_fault_of_its_line_or_another(tx: Tx) -> None:
    bad = TEA | {"price": "cheap", "stock": "-1", "cover": "No Cover"}
    assert told_of(tx, bad, TEA | {"name": "Cup", "price": "-1"}) == [
        (1, "cover"),
        (1, "price"),
        (1, "stock"),
        (2, "price"),
    ]


def test_everything_wrong_with_a_booking_is_told_at_once(tx: Tx) -> None:
    bad = SHIP | {"name": "x" * 121, "price": "-1", "price_unit": "piece", "currency": "XYZ", "later_prices": "soon"}
    bad |= {"refund_policy": "Mild", "units": "0", "time_zone": "Mars", "hours": "Mon 09:00-12:00; Mon 11:00-13:00"}
    bad |= {"length": "1", "max_length": "9999", "start_step": "0", "addons": "nothing=1", "parts": "A = nobody"}
    columns = ["addons", "currency", "hours", "later_prices", "length", "max_length", "name", "parts", "price"]
    columns += ["price_unit", "refund_policy", "start_step", "time_zone", "units"]
    assert told_of(tx, bad) == [(1, column) for column in columns]


def test_a_column_nobody_knows_or_that_is_missing_hides_no_fault_below_it(tx: Tx) -> None:
    assert told(tx, "kind,name,prise,stock\ngoods,Tea,1,many\ncar,Cup,1,1\n") == [
        (1, "category"),
        (1, "prise"),
        (2, "price"),
        (2, "stock"),
        (3, "kind"),
    ]


def test_a_line_that_cannot_be_taken_apart_hides_none_behind_it(tx: Tx) -> None:
    file = 'kind,category,name,price\ngoods,Things,"At"tic,1\ngoods,Things,Tea,1,2\ngoods,Things,Cup,-1\n'
    assert told(tx, file) == [(2, ""), (3, ""), (4, "price")]


def test_a_second_line_of_one_address_is_tried_as_if_it_had_another(tx: Tx) -> None:
    assert told_of(tx, TEA, TEA | {"stock": "-1"}) == [(2, "slug"), (2, "stock")]
    assert told_of(tx, TEA | {"slug": "t\0"}, TEA | {"stock": "-1"}) == [(1, "slug"), (2, "stock")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # a product that has a fault: its variant, and the booking with which it is offered
        ([TEA | {"price": "x"}, TEA | {"name": "S", "variant_of": "tea", "price": "-1"}], [(1, "price"), (2, "price")]),
        ([TEA | {"name": "x" * 121, "slug": "tea"}, SHIP | {"addons": "tea=1"}], [(1, "name")]),
        ([TEA | {"kind": "teapot", "slug": "tea"}, SHIP | {"addons": "tea=1"}], [(1, "kind")]),
        ([TEA | {"kind": "teapot", "slug": "tea"}, TEA | {"name": "S", "variant_of": "tea"}], [(1, "kind")]),
        # a resource that has one: how many one booking takes, and whom else it serves
        ([SHIP | {"units": "many", "max_quantity": "5"}], [(1, "units")]),
        ([SHIP | {"units": "0"}, SHIP | {"name": "Boat", "max_quantity": "5"}], [(1, "units")]),
        (
            [{"kind": "resource", "resource": "Lee", "units": "x"}, SHIP | {"parts": "Therapist = lee"}],
            [(1, "units")],
        ),
        # the shortest time
        ([SHIP | {"length": "an hour", "max_length": "120", "length_step": "45"}], [(1, "length")]),
        # a definition: its own columns, and the values of products
        (
            [
                {"kind": "attribute", "category": "Things", "name": "View", "type": "colour", "options": "sea = Sea"},
                TEA | {"attribute:view": "sea"},
            ],
            [(1, "type")],
        ),
        (
            [
                {"kind": "attribute", "category": "Things", "name": "x" * 61, "type": "number", "slug": "size"},
                TEA | {"attribute:size": "big", "stock": "-1"},
            ],
            [(1, "name"), (2, "stock")],
        ),
        # a way: what is in it
        ([TEA | {"category": "A / / B", "attribute:size": "1", "stock": "-1"}], [(1, "category"), (1, "stock")]),
        ([TEA | {"category": "A", "later_prices": "x", "price": ""}], [(1, "later_prices")]),
    ],
)
def test_what_only_follows_from_another_fault_is_not_told(
    tx: Tx, lines: list[dict[str, str]], expected: list[tuple[int, str]]
) -> None:
    assert told_of(tx, *lines) == expected


def test_a_fault_of_a_definition_is_told_in_its_own_column(tx: Tx) -> None:
    shelf = factories.category(tx, name="Things", slug="things")
    catalog.create_attribute(tx, shelf.id, AttributeFields("Size", "number"))
    factories.goods(tx, name="Tea", slug="tea").attributes = {"size": 1}
    tx.flush()
    size = {"kind": "attribute", "category": "Things", "name": "Size", "slug": "size", "type": "text", "unit": "m²"}
    assert told_of(tx, size) == [(1, "type"), (1, "unit")]


@pytest.mark.parametrize("cell", ["\0", "a\0b", "\x1b[2J", "\ud800"])
@pytest.mark.parametrize("column", ["category", "name", "slug", "variant_of", "resource_slug", "facts", "attribute:a"])
def test_a_character_that_cannot_be_kept_is_told_wherever_it_stands(tx: Tx, column: str, cell: str) -> None:
    assert (1, column) in told_of(tx, SHIP | {column: f"tea{cell}"})


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "sNaN", "Infinity", "9" * 5000, "0x10"])
def test_a_number_beyond_all_bounds_is_told_beside_its_cell(tx: Tx, number: str) -> None:
    import_catalog(tx, json.dumps([TEA]).encode(), now=NOW)
    tea = catalog.find_product(tx, "tea", hidden=True)
    assert tea
    catalog.create_attribute(tx, tea.category_id, AttributeFields("Size", "number"))
    bad = TEA | {
        "price": number,
        "stock": number,
        "attribute:size": number,
        "later_prices": f"2027-01-01T00:00Z {number} piece",
    }
    assert told_of(tx, bad) == [(1, column) for column in ("attribute:size", "later_prices", "price", "stock")]


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_beyond_all_bounds_is_told_beside_its_cell(tx: Tx, year: str) -> None:
    bad = SHIP | {"later_prices": f"{year}-12-31T23:59-12:00 1 booking", "seasons": "9999-12-31: Mon 10:00-11:00"}
    assert told_of(tx, bad) == [(1, "later_prices"), (1, "seasons")]
    ends = TEA | {"later_prices": "2027-01-01T00:00Z 1 piece\n9999-12-31T23:59-12:00 none"}
    assert told_of(tx, ends) == [(1, "later_prices")]


def test_facts_nested_too_deep_are_no_facts(tx: Tx) -> None:
    assert told_of(tx, TEA | {"facts": "[" * 100_000}) == [(1, "facts")]


def test_empty_columns_behind_the_last_one_are_no_fault(tx: Tx) -> None:
    import_catalog(tx, b"kind,category,name,price,,\ngoods,Things,Tea,1,,\ngoods,Things,Cup,1,,\n", now=NOW)
    assert told(tx, "kind,,category,name,price\ngoods,,Things,Bag,x\n") == [(1, ""), (2, "price")]


def test_null_is_an_empty_cell(tx: Tx) -> None:
    import_catalog(tx, json.dumps([TEA | {"slug": None, "summary": None}]).encode(), now=NOW)
    assert catalog.find_product(tx, "tea", hidden=True)
