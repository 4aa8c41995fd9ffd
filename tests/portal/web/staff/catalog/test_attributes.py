"""Staff define what is known about the products of a category, and write it for each."""

from typing import Any

import pytest

from portal.domains import catalog
from portal.domains.catalog import AttributeFields
from portal.kernel.db import Tx
from tests import factories
from tests.portal.web.staff.catalog.conftest import Desk, Made
from tests.portal.web.staff.catalog.test_products import words

LEVEL = {
    "name": "Level",
    "kind": "choice",
    "options": "Open to all\nexpert = Experts",
    "shown": "list",
    "position": "1",
    "filterable": "1",
}


@pytest.fixture
def shelf(made: Made) -> Any:
    return made(lambda tx: factories.category(tx, name="Rooms"))


def test_an_attribute_is_defined_changed_and_taken_away(desk: Desk, made: Made, shelf: Any) -> None:
    assert desk.get(f"/categories/{shelf.id}/attributes/new").status_code == 200
    assert desk.post(f"/categories/{shelf.id}/attributes", **LEVEL).status_code == 303
    (level,) = made(lambda tx: catalog.attributes_of(tx, shelf.id))
    assert (level.slug, level.filterable, level.required) == ("level", True, False)
    assert level.options == [["open-to-all", "Open to all"], ["expert", "Experts"]]
    assert "customers look for it" in desk.get(f"/categories/{shelf.id}").text
    assert "expert = Experts" in desk.get(f"/attributes/{level.id}").text
    change = {**LEVEL, "options": "open-to-all = Open to everybody", "version": 1}
    assert desk.post(f"/attributes/{level.id}", **change).status_code == 303
    assert made(lambda tx: catalog.get_attribute(tx, level.id)).options == [["open-to-all", "Open to everybody"]]
    assert desk.post(f"/attributes/{level.id}/removal", version=2).status_code == 303
    assert made(lambda tx: catalog.attributes_of(tx, shelf.id)) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "This cannot be empty."),
        ({"kind": "colour"}, "An attribute is one of"),
        ({"options": ""}, "A choice is among one to 60."),
        ({"unit": "m²"}, "Only numbers have a unit."),
        ({"position": "first"}, "Write a whole number."),
        ({"slug": "Not so"}, "Use small letters"),
    ],
)
def test_a_fault_is_told_next_to_its_field(desk: Desk, shelf: Any, change: dict[str, str], told: str) -> None:
    answer = desk.post(f"/categories/{shelf.id}/attributes", **{**LEVEL, **change})
    assert answer.status_code == 422
    assert told in answer.text


def test_what_products_have_is_not_taken_away(desk: Desk, made: Made, shelf: Any) -> None:
    desk.post(f"/categories/{shelf.id}/attributes", **LEVEL)
    (level,) = made(lambda tx: catalog.attributes_of(tx, shelf.id))
    made(lambda tx: factories.product(tx, category_id=shelf.id, attributes={"level": "expert"}))
    assert "1 product has a value of it." in desk.get(f"/attributes/{level.id}").text
    refused = desk.post(f"/attributes/{level.id}", **{**LEVEL, "options": "Open to all", "version": 1})
    assert refused.status_code == 422
    assert "Products have «Experts» (1 of them)" in refused.text
    back = desk.post(f"/attributes/{level.id}/removal", version=1)
    assert "Products have a value of it" in desk.get(back.headers["Location"].removeprefix("/staff")).text
    assert made(lambda tx: catalog.attributes_of(tx, shelf.id))


def test_an_edit_of_an_old_definition_shows_both(desk: Desk, made: Made, shelf: Any) -> None:
    level = made(lambda tx: catalog.create_attribute(tx, shelf.id, AttributeFields("Level", "text")))
    made(lambda tx: catalog.edit_attribute(tx, level.id, 1, AttributeFields("Theirs", "text")))
    answer = desk.post(f"/attributes/{level.id}", name="Mine", kind="text", shown="page", position="0", version="1")
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text


@pytest.fixture
def room(made: Made, shelf: Any) -> Any:
    """A product with a value of every kind to be written."""

    def make(tx: Tx) -> Any:
        for fields in (
            AttributeFields("Level", "choice", options=[("expert", "Experts")]),
            AttributeFields("Size", "number", unit="m²"),
            AttributeFields("Parking", "flag"),
            AttributeFields("Opened", "date"),
            AttributeFields("Note", "text", required=True),
        ):
            catalog.create_attribute(tx, shelf.id, fields)
        return factories.product(tx, category_id=shelf.id)

    return made(make)


TYPED = {
    "attribute-level": "expert",
    "attribute-size": "12.5",
    "attribute-parking": "no",
    "attribute-opened": "2020-05-01",
    "attribute-note": "By the sea",
}


def test_values_are_written_in_fields_of_their_kind_and_shown_again(desk: Desk, made: Made, room: Any) -> None:
    assert desk.post(f"/products/{room.id}", **words(room, attributes="Piano: yes"), **TYPED).status_code == 303
    kept = made(lambda tx: catalog.get_product(tx, room.id)).attributes
    known = {"level": "expert", "size": 12.5, "parking": False, "opened": "2020-05-01", "note": "By the sea"}
    assert kept == known | {"Piano": True}
    page = desk.get(f"/products/{room.id}").text
    assert 'value="12.5"' in page
    assert 'value="2020-05-01"' in page
    assert '<option value="no" selected>' in page
    assert "Piano: yes</textarea>" in page


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("attribute-size", "wide", "Write a number, such as 12 or 12.5."),
        ("attribute-level", "nonsense", "Choose one of: Experts."),
        ("attribute-parking", "maybe", "Say yes or no."),
        ("attribute-opened", "soon", "This is not a day or time."),
        ("attribute-note", "", "This cannot be empty."),
        ("attributes", "size: 4", "«size» has a field of its own."),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_next_to_its_field(
    desk: Desk, made: Made, room: Any, field: str, typed: str, told: str
) -> None:
    answer = desk.post(f"/products/{room.id}", **{**words(room), **TYPED, field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert told in answer.text
    assert made(lambda tx: catalog.get_product(tx, room.id)).attributes == {}


def test_two_editors_of_values_see_both(desk: Desk, room: Any) -> None:
    assert desk.post(f"/products/{room.id}", **words(room), **TYPED).status_code == 303
    mine = desk.post(f"/products/{room.id}", **words(room), **{**TYPED, "attribute-size": "99"})
    assert mine.status_code == 409
    assert "12.5" in mine.text
    assert '<input type="hidden" name="attribute-size" value="99">' in mine.text


def test_a_product_that_moves_keeps_what_its_new_category_does_not_ask_for(desk: Desk, made: Made, room: Any) -> None:
    desk.post(f"/products/{room.id}", **words(room), **TYPED)
    other = made(factories.category)
    found = made(lambda tx: catalog.get_product(tx, room.id))
    assert desk.post(f"/products/{room.id}", **words(found, category_id=other.id), **TYPED).status_code == 303
    assert made(lambda tx: catalog.get_product(tx, room.id)).attributes == found.attributes
    assert "attribute-size" not in desk.get(f"/products/{room.id}").text
