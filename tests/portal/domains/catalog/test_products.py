"""Products: drafts, edits, publishing, withdrawing."""

import unicodedata
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from portal.domains import catalog
from portal.domains.catalog import ProductFields
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid, NotFound, Stale
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def test_a_new_product_is_a_draft_that_publishing_shows_and_withdrawing_hides(tx: Tx) -> None:
    rooms = factories.category(tx)
    made = catalog.create_product(tx, "booking", ProductFields(rooms.id, "연습실 Studio"))
    assert (made.slug, made.stock) == ("yeonseubsil-studio", None)
    assert catalog.find_product(tx, made.slug) is None
    catalog.publish_product(tx, made.id, made.version, now=NOW)
    assert catalog.find_product(tx, made.slug) == made
    catalog.withdraw_product(tx, made.id, made.version, now=NOW)
    assert catalog.find_product(tx, made.slug) is None
    assert catalog.find_product(tx, made.slug, hidden=True) == made
    assert catalog.get_product(tx, made.id).category == rooms
    catalog.publish_product(tx, made.id, made.version, now=NOW)
    assert catalog.find_product(tx, made.slug) == made


def test_goods_begin_with_nothing_in_stock(tx: Tx) -> None:
    assert catalog.create_product(tx, "goods", ProductFields(factories.category(tx).id, "Towel")).stock == 0


def test_a_kind_nobody_knows_is_a_fault(tx: Tx) -> None:
    with pytest.raises(Invalid) as caught:
        catalog.create_product(tx, "gift", ProductFields(factories.category(tx).id, "Gift"))
    assert list(caught.value.faults) == ["kind"]


def test_every_faulty_field_is_named(tx: Tx) -> None:
    fields = ProductFields(
        uuid4(), "x" * 121, "x" * 201, "x" * 10_001, cover="../secret", attributes={"a": []}, slug="A b"
    )
    with pytest.raises(Invalid) as caught:
        catalog.create_product(tx, "booking", fields)
    assert set(caught.value.faults) == {
        "category_id",
        "name",
        "summary",
        "description",
        "cover",
        "attributes",
        "slug",
    }


def test_names_are_tidied(tx: Tx) -> None:
    in_pieces = unicodedata.normalize("NFD", "한강 카약")  # as macOS sends it
    made = catalog.create_product(
        tx, "booking", ProductFields(factories.category(tx).id, f"  {in_pieces}\n  tour ", description="a\r\nb")
    )
    assert (made.name, made.description) == ("한강 카약 tour", "a\nb")


def test_an_edit_keeps_the_slug_unless_another_is_asked_for(tx: Tx) -> None:
    made = factories.product(tx, slug="studio-a")
    catalog.edit_product(tx, made.id, made.version, ProductFields(made.category_id, "Studio B"))
    assert (made.name, made.slug) == ("Studio B", "studio-a")
    catalog.edit_product(tx, made.id, made.version, ProductFields(made.category_id, "Studio B", slug="studio-b"))
    assert made.slug == "studio-b"


def test_two_editors_of_one_version_one_is_told_so(database: Engine) -> None:
    with transaction(database) as tx:
        made = factories.product(tx)
    with transaction(database) as first:
        catalog.edit_product(first, made.id, 1, ProductFields(made.category_id, "First"))
    with pytest.raises(Stale), transaction(database) as second:
        catalog.edit_product(second, made.id, 1, ProductFields(made.category_id, "Second"))
    with transaction(database) as tx:
        assert (catalog.get_product(tx, made.id).name, catalog.get_product(tx, made.id).version) == ("First", 2)


def test_what_does_not_exist_is_not_found(tx: Tx) -> None:
    with pytest.raises(NotFound):
        catalog.get_product(tx, uuid4())
    assert catalog.find_product(tx, "nowhere") is None
