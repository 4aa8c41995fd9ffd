"""Getting into a line and out of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from portal.domains import waiting
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.ids import new_id
from tests import factories
from tests.portal.domains.reservations.racing import race
from tests.portal.domains.reservations.scene import HOUR, MORNING, NOW
from tests.portal.domains.waiting.full import full, state


def test_who_waits_is_told_their_place_in_the_line(tx: Tx) -> None:
    course = full(tx)
    entries = [course.join(tx, who) for who in range(3)]
    places = [waiting.entry_of(tx, one.account_id, one.id).place for one in entries]
    assert places == [1, 2, 3]
    waiting.leave(tx, account_id=entries[0].account_id, entry_id=entries[0].id, now=NOW)
    assert [one.place for one in waiting.entries_of(tx, entries[2].account_id)] == [2]
    assert waiting.entries_of(tx, entries[0].account_id) == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"quantity": 3}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"starts_at": MORNING + timedelta(minutes=7)}, "start"),
        ({"starts_at": NOW - HOUR}, "start"),
        ({"product_id": uuid4()}, "product"),
    ],
)
def test_what_could_not_be_booked_is_not_waited_for(tx: Tx, asked: dict[str, object], field: str) -> None:
    course = full(tx)
    with pytest.raises(Invalid) as refused:
        course.join(tx, 0, **asked)  # type: ignore[arg-type]  # the table's own
    assert field in refused.value.faults


def test_there_is_nothing_to_wait_for_where_a_place_is_free(tx: Tx) -> None:
    course = full(tx)
    course.free(tx)
    with pytest.raises(waiting.FreeNow):
        course.join(tx, 0)
    assert course.join(tx, 0, 2).quantity == 2, "for two there is no room"
    assert course.join(tx, 1).quantity == 1, "who comes behind others waits, until those were asked"


def test_joining_again_keeps_the_place_and_brings_as_many_as_one_says_now(tx: Tx) -> None:
    course = full(tx)
    first, other = course.join(tx, 0), course.join(tx, 1)
    again = course.join(tx, 0, 2)
    assert (again.id, again.quantity) == (first.id, 2)
    assert waiting.entry_of(tx, first.account_id, first.id).place == 1
    assert waiting.entry_of(tx, other.account_id, other.id).place == 2


def test_twenty_clicks_at_once_are_one_entry(database: Engine) -> None:
    with transaction(database) as tx:
        course = full(tx)
    answers = race(database, 20, lambda tx, _n: course.join(tx, 0).id)
    assert len({answer.value for answer in answers}) == 1


def test_the_database_itself_refuses_a_second_entry(tx: Tx) -> None:
    entry = full(tx).join(tx, 0)
    copy = """
        INSERT INTO waiting_entries (id, account_id, product_id, resource_id, starts_at, ends_at, quantity)
        SELECT :id, account_id, product_id, resource_id, starts_at, ends_at, 1 FROM waiting_entries WHERE id = :of
    """
    with pytest.raises(IntegrityError, match="waiting_entries_once_idx"):
        tx.execute(text(copy), {"id": new_id(), "of": entry.id})


def test_one_person_waits_for_so_many_times_and_no_more(tx: Tx) -> None:
    course = full(tx)
    for hour in (24, 25):
        other = factories.account(tx)
        course.scene.hold(tx, account_id=other.id, hour=hour, quantity=2)
        course.join(tx, 0, starts_at=MORNING + hour * HOUR)
    with pytest.raises(waiting.TooManyEntries):
        course.join(tx, 0, most=2)
    course.join(tx, 0, starts_at=MORNING + 24 * HOUR, most=2)


def test_leaving_again_changes_nothing_and_another_persons_entry_is_not_there(tx: Tx) -> None:
    course = full(tx)
    entry = course.join(tx, 0)
    with pytest.raises(NotFound):
        waiting.leave(tx, account_id=course.scene.accounts[1], entry_id=entry.id, now=NOW)
    for _ in range(2):
        waiting.leave(tx, account_id=entry.account_id, entry_id=entry.id, now=NOW)
    assert state(tx, entry.id) == "left"
    assert course.join(tx, 0).id != entry.id, "who left may join again, at the end"


def test_staff_take_somebody_off_and_say_why(tx: Tx) -> None:
    course = full(tx)
    course.free(tx)
    entry, staff = course.join(tx, 0, 2), factories.account(tx)
    with pytest.raises(Invalid):
        waiting.remove(tx, entry.id, reason=" ", now=NOW, by=staff.id)
    course.free(tx)
    offered = course.offer(tx)
    assert offered is not None
    waiting.remove(tx, entry.id, reason="Booked by phone.", now=NOW, by=staff.id)
    waiting.remove(tx, entry.id, reason="Again.", now=NOW, by=staff.id)
    assert (state(tx, entry.id), entry.reason) == ("removed", "Booked by phone.")
    assert course.scene.hold(tx, who=1, quantity=2), "what was offered is free"
    told = tx.execute(text("SELECT details ->> 'reason' FROM audit_entries WHERE action = 'waiting.removed'")).scalars()
    assert list(told) == ["Booked by phone."]
