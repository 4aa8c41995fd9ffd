"""What staff define about products: typed, inherited down the tree, and never at the cost of a value."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import Engine

from portal.domains import catalog
from portal.domains.catalog import AttributeFields, AttributeInUse, CategoryFields, ProductFields
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid, Stale
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
LEVELS = AttributeFields("Level", "choice", options=[("", "Open to all"), ("expert", "Experts")])


def product(tx: Tx, category_id: UUID, **values: object) -> catalog.Product:
    return catalog.create_product(tx, "booking", ProductFields(category_id, "Yoga", attributes=values))


def edited(tx: Tx, made: catalog.Product, values: dict[str, object], category_id: UUID | None = None) -> None:
    fields = ProductFields(category_id or made.category_id, made.name, attributes=values)
    catalog.edit_product(tx, made.id, made.version, fields)


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", "  by   the sea ", "by the sea"),
        ("number", Decimal("12.50"), 12.5),
        ("number", Decimal("12"), 12),
        ("number", 0, 0),
        ("choice", "expert", "expert"),
        ("flag", False, False),
        ("date", date(2026, 12, 1), "2026-12-01"),
        ("date", "2026-12-01", "2026-12-01"),
    ],
)
def test_a_value_is_kept_as_its_kind(tx: Tx, kind: str, given: object, kept: object) -> None:
    shelf = factories.category(tx)
    options = LEVELS.options if kind == "choice" else ()
    catalog.create_attribute(tx, shelf.id, AttributeFields("Fact", kind, options=options))
    made = product(tx, shelf.id, fact=given)
    tx.expire(made)
    assert made.attributes == {"fact": kept}
    assert type(made.attributes["fact"]) is type(kept)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", 7),
        ("text", "x" * 201),
        ("number", "twelve"),
        ("number", True),
        ("number", Decimal("NaN")),
        ("number", Decimal("1e12")),
        ("number", Decimal("0.00001")),
        ("choice", "Experts"),
        ("choice", True),
        ("flag", "yes"),
        ("flag", 1),
        ("date", "1 December"),
        ("date", "0999-12-01"),
        ("date", 2026),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_fault_on_its_own_field(tx: Tx, kind: str, given: object) -> None:
    shelf = factories.category(tx)
    options = LEVELS.options if kind == "choice" else ()
    catalog.create_attribute(tx, shelf.id, AttributeFields("Fact", kind, options=options))
    with pytest.raises(Invalid) as caught:
        product(tx, shelf.id, fact=given)
    assert list(caught.value.faults) == ["attribute-fact"]


def test_what_is_needed_cannot_be_left_out_and_an_empty_value_is_none(tx: Tx) -> None:
    shelf = factories.category(tx)
    catalog.create_attribute(tx, shelf.id, AttributeFields("Size", "number", unit="m²", required=True))
    catalog.create_attribute(tx, shelf.id, AttributeFields("Note", "text"))
    with pytest.raises(Invalid) as caught:
        product(tx, shelf.id, note="x")
    assert list(caught.value.faults) == ["attribute-size"]
    assert product(tx, shelf.id, size=4, note=" ").attributes == {"size": 4}


def test_definitions_are_inherited_down_the_tree_and_not_sideways(tx: Tx) -> None:
    top, other = factories.category(tx), factories.category(tx)
    below = catalog.create_category(tx, CategoryFields("Below", parent_id=top.id))
    catalog.create_attribute(tx, below.id, AttributeFields("Level", "text"))
    catalog.create_attribute(tx, top.id, AttributeFields("Size", "number"))
    catalog.create_attribute(tx, other.id, AttributeFields("Volume", "number"))
    assert [one.slug for one in catalog.attributes_of(tx, below.id)] == ["size", "level"]
    assert [one.slug for one in catalog.attributes_of(tx, top.id)] == ["size"]
    with pytest.raises(Invalid) as caught:
        product(tx, below.id, volume=3)
    assert list(caught.value.faults) == ["attributes"]


def test_a_moved_product_keeps_its_values_at_rest_and_has_them_again(tx: Tx) -> None:
    one, two = factories.category(tx), factories.category(tx)
    catalog.create_attribute(tx, one.id, AttributeFields("Size", "number"))
    made = product(tx, one.id, size=4, Bring="a towel")
    edited(tx, made, {"size": 4, "Bring": "a mat"}, two.id)
    assert made.attributes == {"size": 4, "Bring": "a mat"}
    edited(tx, made, {}, two.id)
    assert made.attributes == {"size": 4}, "whoever does not know of it does not lose it"
    with pytest.raises(Invalid):
        edited(tx, made, {"size": 5}, two.id)
    edited(tx, made, {"size": 5}, one.id)
    assert made.attributes == {"size": 5}


def test_a_choice_in_use_is_not_taken_away_but_its_words_change(tx: Tx) -> None:
    shelf = factories.category(tx)
    level = catalog.create_attribute(tx, shelf.id, LEVELS)
    assert level.options == [["open-to-all", "Open to all"], ["expert", "Experts"]]
    product(tx, shelf.id, level="expert")
    with pytest.raises(Invalid) as caught:
        catalog.edit_attribute(
            tx, level.id, 1, AttributeFields("Level", "choice", options=[("open-to-all", "Open to all")])
        )
    assert "Products have «Experts» (1 of them)" in str(caught.value)
    renamed = AttributeFields("Level", "choice", options=[("expert", "For experts")])
    assert catalog.edit_attribute(tx, level.id, 1, renamed).options == [["expert", "For experts"]]


def test_a_kind_in_use_is_not_changed_and_one_that_nobody_uses_is(tx: Tx) -> None:
    shelf = factories.category(tx)
    size = catalog.create_attribute(tx, shelf.id, AttributeFields("Size", "number", unit="m²"))
    made = product(tx, shelf.id, size=4)
    with pytest.raises(Invalid) as caught:
        catalog.edit_attribute(tx, size.id, 1, AttributeFields("Size", "text"))
    assert list(caught.value.faults) == ["kind"]
    with pytest.raises(AttributeInUse):
        catalog.remove_attribute(tx, size.id, 1)
    edited(tx, made, {})
    assert catalog.edit_attribute(tx, size.id, 1, AttributeFields("Size", "text")).kind == "text"
    catalog.remove_attribute(tx, size.id, 2)
    assert catalog.attributes_of(tx, shelf.id) == []


def test_a_definition_does_not_take_over_a_fact_of_the_same_name(tx: Tx) -> None:
    shelf = factories.category(tx)
    product(tx, shelf.id, size="huge")
    with pytest.raises(Invalid) as caught:
        catalog.create_attribute(tx, shelf.id, AttributeFields("Size", "number"))
    assert list(caught.value.faults) == ["slug"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (AttributeFields("", "text"), "name"),
        (AttributeFields("Size", "colour"), "kind"),
        (AttributeFields("Size", "text", unit="m²"), "unit"),
        (AttributeFields("Size", "text", options=[("", "S")]), "options"),
        (AttributeFields("Size", "choice"), "options"),
        (AttributeFields("Size", "choice", options=[("", "S"), ("", "s")]), "options"),
        (AttributeFields("Size", "choice", options=[("A b", "S")]), "options"),
        (AttributeFields("Size", "text", shown="nowhere"), "shown"),
        (AttributeFields("Size", "text", position=-1), "position"),
        (AttributeFields("Size", "text", slug="A b"), "slug"),
    ],
)
def test_a_faulty_definition_is_refused_by_its_field(tx: Tx, fields: AttributeFields, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        catalog.create_attribute(tx, factories.category(tx).id, fields)
    assert list(caught.value.faults) == [field]


def test_a_choice_that_is_being_chosen_is_not_taken_away_meanwhile(database: Engine) -> None:
    with transaction(database) as tx:
        shelf = factories.category(tx)
        level = catalog.create_attribute(tx, shelf.id, LEVELS)

    def take_away() -> None:
        with transaction(database) as tx:
            catalog.edit_attribute(tx, level.id, 1, AttributeFields("Level", "choice", options=[("other", "Other")]))

    with ThreadPoolExecutor(1) as pool, transaction(database) as tx:
        product(tx, shelf.id, level="expert")
        taking = pool.submit(take_away)
        with pytest.raises(TimeoutError):
            taking.result(0.3)
        tx.commit()
        with pytest.raises(Invalid):
            taking.result(10)


def test_two_editors_of_one_definition_one_is_told_so(database: Engine) -> None:
    with transaction(database) as tx:
        made = catalog.create_attribute(tx, factories.category(tx).id, AttributeFields("Size", "number"))
    with transaction(database) as tx:
        catalog.edit_attribute(tx, made.id, 1, AttributeFields("Area", "number"))
    with pytest.raises(Stale), transaction(database) as tx:
        catalog.edit_attribute(tx, made.id, 1, AttributeFields("Room", "number"))
