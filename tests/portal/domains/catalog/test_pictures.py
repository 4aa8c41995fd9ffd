"""Pictures of a product: in an order without gaps, each with words, each once."""

from uuid import uuid4

import pytest

from portal.domains import audit, catalog
from portal.domains.catalog import Product
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, NotFound
from tests import factories
from tests.support.drawing import file_of


def with_pictures(tx: Tx, count: int) -> Product:
    """A product with pictures called 0, 1, 2 …"""
    room = factories.product(tx)
    for number in range(count):
        catalog.add_picture(tx, room.id, file_of(400 + number, 400), alt=str(number))
    return room


def told(tx: Tx, product: Product) -> list[str]:
    return [one.alt for one in catalog.pictures_of(tx, [product.id]).get(product.id, [])]


def test_they_stand_in_order_and_lists_are_told_the_first(tx: Tx) -> None:
    room, noise, bare = with_pictures(tx, 3), with_pictures(tx, 1), factories.product(tx)
    assert told(tx, room) == ["0", "1", "2"]
    first = catalog.pictures_of(tx, [room.id, noise.id, bare.id], first=True)
    assert {id: [one.alt for one in some] for id, some in first.items()} == {room.id: ["0"], noise.id: ["0"]}
    (picture,) = first[room.id]
    assert [file.width for file in picture.files] == [400]
    assert catalog.picture_data(tx, picture.files[0].digest).startswith(b"RIFF")


@pytest.mark.parametrize(("which", "place", "order"), [(2, 1, "201"), (0, 3, "120"), (1, 2, "012"), (1, 1, "102")])
def test_one_is_moved_and_the_others_make_room(tx: Tx, which: int, place: int, order: str) -> None:
    room = with_pictures(tx, 3)
    moved = catalog.pictures_of(tx, [room.id])[room.id][which]
    catalog.edit_picture(tx, moved.id, alt=moved.alt, place=place)
    assert "".join(told(tx, room)) == order
    assert catalog.pictures_of(tx, [room.id], first=True)[room.id][0].alt == order[0]


def test_one_is_taken_away_with_its_files_and_the_next_becomes_the_first(tx: Tx) -> None:
    room = with_pictures(tx, 3)
    gone = catalog.pictures_of(tx, [room.id])[room.id][0]
    assert catalog.remove_picture(tx, gone.id) == room.id
    assert told(tx, room) == ["1", "2"]
    assert catalog.pictures_of(tx, [room.id], first=True)[room.id][0].alt == "1"
    with pytest.raises(NotFound):
        catalog.picture_data(tx, gone.files[0].digest)
    with pytest.raises(NotFound):
        catalog.remove_picture(tx, gone.id)


def test_it_needs_words_and_is_there_once(tx: Tx) -> None:
    room, other = with_pictures(tx, 1), factories.product(tx)
    with pytest.raises(Invalid) as caught:
        catalog.add_picture(tx, room.id, b"no picture", alt=" ")
    assert set(caught.value.faults) == {"file", "alt"}
    with pytest.raises(Invalid) as caught:
        catalog.add_picture(tx, room.id, file_of(400, 400), alt="again")
    assert set(caught.value.faults) == {"file"}
    catalog.add_picture(tx, other.id, file_of(400, 400), alt="the same, of another product")
    assert (told(tx, room), len(told(tx, other))) == (["0"], 1)
    with pytest.raises(NotFound):
        catalog.add_picture(tx, uuid4(), file_of(400, 400), alt="of nothing")


def test_twelve_are_the_most(tx: Tx) -> None:
    room = with_pictures(tx, 12)
    with pytest.raises(Invalid, match="at most 12"):
        catalog.add_picture(tx, room.id, file_of(500, 400), alt="one more")


def test_who_did_it_is_on_record(tx: Tx) -> None:
    staff, room = factories.account(tx, roles=("catalog",)), factories.product(tx)
    made = catalog.add_picture(tx, room.id, file_of(400, 400), alt="White walls", by=staff.id)
    catalog.edit_picture(tx, made.id, alt="Whiter walls", place=1, by=staff.id)
    catalog.remove_picture(tx, made.id, by=staff.id)
    done = [(one.action, one.actor_id) for one in audit.entries_about(tx, "product", room.id)]
    assert sorted(done) == [(f"picture.{act}", staff.id) for act in ("added", "edited", "removed")]
