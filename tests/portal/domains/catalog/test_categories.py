"""The category tree: edited without circles or lost updates."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from portal.domains import audit, catalog
from portal.domains.catalog import CategoryFields
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid, NotFound, Stale
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def test_a_category_gets_a_free_slug_from_its_name(tx: Tx) -> None:
    slugs = [catalog.create_category(tx, CategoryFields("도자기 수업")).slug for _ in range(3)]
    assert slugs == ["dojagi-sueob", "dojagi-sueob-2", "dojagi-sueob-3"]


def test_a_name_without_latin_letters_still_gets_a_slug(tx: Tx) -> None:
    assert catalog.create_category(tx, CategoryFields("日本")).slug == "category"


def test_a_slug_that_is_taken_is_a_fault_and_ones_own_is_not(tx: Tx) -> None:
    rooms = catalog.create_category(tx, CategoryFields("Rooms"))
    catalog.edit_category(tx, rooms.id, rooms.version, CategoryFields("Rooms to let", slug="rooms"))
    with pytest.raises(Invalid) as caught:
        catalog.create_category(tx, CategoryFields("Other", slug="rooms"))
    assert list(caught.value.faults) == ["slug"]


def test_every_faulty_field_is_named_and_nothing_is_written(tx: Tx) -> None:
    fields = CategoryFields("", "x" * 2001, parent_id=uuid4(), position=-1, slug="Not A Slug")
    with pytest.raises(Invalid) as caught:
        catalog.create_category(tx, fields)
    assert set(caught.value.faults) == {"name", "description", "parent_id", "position", "slug"}
    assert catalog.category_tree(tx, now=NOW) == []


@pytest.mark.parametrize("name", ["a\x00b", "bell\x07", "half \ud83d", "x" * 81, "   "])
def test_names_that_cannot_be_kept_are_faults(tx: Tx, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        catalog.create_category(tx, CategoryFields(name))
    assert list(caught.value.faults) == ["name"]


def test_a_category_cannot_move_into_itself_or_beneath_its_child(tx: Tx) -> None:
    top = catalog.create_category(tx, CategoryFields("Top"))
    child = catalog.create_category(tx, CategoryFields("Child", parent_id=top.id))
    grandchild = catalog.create_category(tx, CategoryFields("Grandchild", parent_id=child.id))
    for parent in (top, child, grandchild):
        with pytest.raises(Invalid) as caught:
            catalog.edit_category(tx, top.id, top.version, CategoryFields("Top", parent_id=parent.id))
        assert list(caught.value.faults) == ["parent_id"]
    catalog.edit_category(tx, grandchild.id, grandchild.version, CategoryFields("Grandchild", parent_id=top.id))


def test_an_edit_of_an_old_version_is_stale_and_changes_nothing(tx: Tx) -> None:
    rooms = catalog.create_category(tx, CategoryFields("Rooms"))
    read = rooms.version
    catalog.edit_category(tx, rooms.id, read, CategoryFields("Rooms and halls"))
    for act in (
        lambda: catalog.edit_category(tx, rooms.id, read, CategoryFields("Mine")),
        lambda: catalog.withdraw_category(tx, rooms.id, read, now=NOW),
    ):
        with pytest.raises(Stale):
            act()
    assert catalog.get_category(tx, rooms.id).name == "Rooms and halls"


def test_withdrawing_is_undone_by_restoring_and_both_are_in_the_log(tx: Tx) -> None:
    staff = factories.account(tx, roles=("catalog",))
    rooms = catalog.create_category(tx, CategoryFields("Rooms"), by=staff.id)
    catalog.withdraw_category(tx, rooms.id, rooms.version, now=NOW, by=staff.id)
    assert catalog.find_category(tx, "rooms") is None
    catalog.restore_category(tx, rooms.id, rooms.version, by=staff.id)
    assert catalog.find_category(tx, "rooms") == rooms
    log = audit.entries_about(tx, "category", rooms.id)
    assert [entry.action for entry in log] == ["category.restored", "category.withdrawn", "category.created"]
    assert {entry.actor_id for entry in log} == {staff.id}


def test_what_does_not_exist_is_not_found(tx: Tx) -> None:
    with pytest.raises(NotFound):
        catalog.edit_category(tx, uuid4(), 1, CategoryFields("Rooms"))


def test_two_moves_at_once_do_not_close_a_circle_together(database: Engine) -> None:
    with transaction(database) as tx:
        pairs = [tuple(catalog.create_category(tx, CategoryFields(name)).id for name in ("A", "B")) for _ in range(8)]

    def move(both: tuple[UUID, UUID]) -> bool:
        try:
            with transaction(database) as tx:
                catalog.edit_category(tx, both[0], 1, CategoryFields("Moved", parent_id=both[1]))
        except Invalid:
            return False
        return True

    tries = [way for a, b in pairs for way in ((a, b), (b, a))]
    with ThreadPoolExecutor(8) as pool:
        moved = list(pool.map(move, tries))
    assert [one + other for one, other in zip(moved[::2], moved[1::2], strict=True)] == [1] * 8
