"""Staff write the category tree."""

import pytest

from portal.domains import catalog
from portal.domains.catalog import CategoryFields
from portal.kernel import clock
from portal.kernel.db import Tx
from tests.portal.web.staff.catalog.conftest import Desk, Made


def test_a_category_is_made_moved_and_shown_in_the_tree(desk: Desk, reading: Tx) -> None:
    assert "No category yet" in desk.get("/categories").text
    assert desk.get("/categories/new").status_code == 200
    assert desk.post("/categories", name="Rooms", position="1").status_code == 303
    assert desk.post("/categories", name="Studios", position="2").status_code == 303
    rooms, studios = (catalog.find_category(reading, slug) for slug in ("rooms", "studios"))
    assert rooms is not None
    assert studios is not None
    moved = desk.post(f"/categories/{studios.id}", name="Studios", position="0", parent_id=rooms.id, version=1)
    assert moved.status_code == 303
    page = desk.get("/categories").text
    assert page.index("Rooms") < page.index("Studios")
    assert "branch-1" in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "This cannot be empty."),
        ({"name": "x" * 81}, "At most 80 characters"),
        ({"position": "first"}, "Write a whole number."),
        ({"position": "-1"}, "This must be at least 0."),
        ({"parent_id": "itself"}, "A category cannot be inside itself."),
        ({"parent_id": "nonsense"}, "There is no such category."),
        ({"slug": "taken"}, "«taken» belongs to something else already."),
    ],
)
def test_a_fault_is_told_next_to_its_field(desk: Desk, made: Made, change: dict[str, str], told: str) -> None:
    made(lambda tx: catalog.create_category(tx, CategoryFields("Taken")))
    rooms = made(lambda tx: catalog.create_category(tx, CategoryFields("Rooms")))
    if change.get("parent_id") == "itself":
        change = {"parent_id": str(rooms.id)}
    answer = desk.post(f"/categories/{rooms.id}", **{"name": "Halls", "position": "0", "version": "1", **change})
    assert answer.status_code == 422
    assert told in answer.text
    assert made(lambda tx: catalog.get_category(tx, rooms.id)).name == "Rooms"


def test_all_faults_of_a_form_are_told_at_once(desk: Desk, reading: Tx) -> None:
    answer = desk.post("/categories", name="", position="-1", slug="A B")
    assert answer.status_code == 422
    told = ("This cannot be empty.", "This must be at least 0.", "Use small letters")
    assert all(words in answer.text for words in told)
    assert catalog.category_tree(reading, now=clock.now(), hidden=True) == []


def test_an_edit_of_an_old_version_shows_both(desk: Desk, made: Made) -> None:
    rooms = made(lambda tx: catalog.create_category(tx, CategoryFields("Rooms")))
    made(lambda tx: catalog.edit_category(tx, rooms.id, 1, CategoryFields("Theirs")))
    answer = desk.post(f"/categories/{rooms.id}", name="Mine", position="0", version="1")
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text


def test_a_category_can_be_left_out_of_lists_and_put_back(desk: Desk, made: Made) -> None:
    assert desk.post("/categories", name="Trials", position="0", unlisted="1").status_code == 303
    trials = made(lambda tx: catalog.find_category(tx, "trials"))
    assert trials.unlisted
    assert "Not listed" in desk.get("/categories").text
    assert "checked" in desk.get(f"/categories/{trials.id}").text
    made(lambda tx: catalog.edit_category(tx, trials.id, 1, CategoryFields("Theirs", unlisted=True)))
    conflict = desk.post(f"/categories/{trials.id}", name="Mine", position="0", version="1")
    assert conflict.status_code == 409
    assert '<input type="hidden" name="unlisted" value="">' in conflict.text
    assert desk.post(f"/categories/{trials.id}", name="Mine", position="0", version="2", unlisted="").status_code == 303
    assert not made(lambda tx: catalog.get_category(tx, trials.id)).unlisted


def test_withdrawing_hides_and_restoring_shows(desk: Desk, made: Made) -> None:
    rooms = made(lambda tx: catalog.create_category(tx, CategoryFields("Rooms")))
    assert desk.post(f"/categories/{rooms.id}/withdrawal", version=1).status_code == 303
    assert made(lambda tx: catalog.find_category(tx, "rooms")) is None
    assert "Show again" in desk.get("/categories").text
    assert desk.post(f"/categories/{rooms.id}/restoration", version=2).status_code == 303
    assert made(lambda tx: catalog.find_category(tx, "rooms")) is not None
