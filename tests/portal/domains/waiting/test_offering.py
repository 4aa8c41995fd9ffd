"""A free place is offered to the first who fits: a hold, a mail and the entry, together."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from portal.domains import reservations, waiting
from portal.kernel.db import Tx, transaction
from tests import factories
from tests.portal.domains.reservations.racing import NOTHING_WRONG, race, wrongs
from tests.portal.domains.reservations.scene import MORNING, NOW
from tests.portal.domains.waiting.full import HOW, full, run_out, state


def test_who_has_waited_longest_is_offered_the_place_with_a_hold_and_a_mail(tx: Tx) -> None:
    course = full(tx)
    entries = [course.join(tx, who) for who in range(3)]
    assert course.offer(tx) is None
    course.free(tx)
    assert course.owner_of(course.offer(tx)) == 0
    assert course.offer(tx) is None
    offered = entries[0]
    (hold,) = reservations.holds_of(tx, offered.account_id, NOW)
    assert (offered.state, offered.hold_id, offered.offer_ends_at) == ("offered", hold.id, hold.expires_at)
    ((template, data),) = tx.execute(text("SELECT template, data FROM mails")).all()
    assert (template, data["quantity"], data["until"]) == ("waiting_offer", 1, hold.expires_at.isoformat())
    assert [state(tx, one.id) for one in entries[1:]] == ["waiting", "waiting"]


def test_a_party_that_does_not_fit_is_passed_over_and_keeps_its_place(tx: Tx) -> None:
    course = full(tx, places=3)
    pair, one, three = course.join(tx, 0, 2), course.join(tx, 1), course.join(tx, 2, 3)
    course.free(tx)
    assert course.owner_of(course.offer(tx)) == 1
    course.free(tx, 2)
    assert course.owner_of(course.offer(tx)) == 0
    assert [state(tx, entry.id) for entry in (pair, one, three)] == ["offered", "offered", "waiting"]


def test_a_declined_offer_passes_on_and_one_not_taken_in_time_too(tx: Tx) -> None:
    course = full(tx)
    first, second, third = (course.join(tx, who) for who in range(3))
    course.free(tx)
    assert course.owner_of(course.offer(tx)) == 0
    waiting.leave(tx, account_id=first.account_id, entry_id=first.id, now=NOW)
    assert course.owner_of(course.offer(tx)) == 1
    run_out(tx, second)
    assert course.owner_of(course.offer(tx)) == 2, "nothing has to run for an offer to end"
    waiting.settle(tx, now=NOW)
    assert [state(tx, one.id) for one in (first, second, third)] == ["declined", "missed", "offered"]


@pytest.mark.parametrize("act", ["order", "decline after ordering"])
def test_an_offer_that_is_ordered_is_taken(tx: Tx, act: str) -> None:
    course = full(tx)
    entry = course.join(tx, 0)
    course.free(tx)
    course.offer(tx)
    assert entry.hold_id
    reservations.bind(tx, account_id=entry.account_id, hold_ids=[entry.hold_id], order_id=entry.id)
    if act != "order":
        with pytest.raises(waiting.OfferTaken):
            waiting.leave(tx, account_id=entry.account_id, entry_id=entry.id, now=NOW)
    assert waiting.settle(tx, now=NOW) == 1
    assert state(tx, entry.id) == "taken"
    assert waiting.settle(tx, now=NOW) == 0


def test_who_books_by_themselves_meanwhile_is_not_asked(tx: Tx) -> None:
    course = full(tx)
    mine = course.join(tx, 0)
    course.free(tx, 2)
    course.scene.hold(tx, who=0)
    other = course.join(tx, 1)
    assert course.owner_of(course.offer(tx)) == 1
    assert [state(tx, one.id) for one in (mine, other)] == ["taken", "offered"]


def test_the_time_begun_ends_the_wait(tx: Tx) -> None:
    course = full(tx)
    entry = course.join(tx, 0)
    course.free(tx)
    late = MORNING - timedelta(minutes=19)
    assert waiting.offer_next(tx, course.line, now=late, **HOW) is None, "four minutes are no offer"
    waiting.settle(tx, now=late)
    assert state(tx, entry.id) == "waiting"
    waiting.settle(tx, now=MORNING)
    assert state(tx, entry.id) == "over"


def test_what_is_closed_or_off_sale_is_not_offered_and_nobody_loses_their_place(tx: Tx) -> None:
    course = full(tx)
    entry = course.join(tx, 0)
    course.free(tx)
    withdrawn = "UPDATE products SET withdrawn_at = now() WHERE id = :id"
    tx.execute(text(withdrawn), {"id": course.scene.product_id})
    assert course.offer(tx) is None
    assert state(tx, entry.id) == "waiting"


def test_several_resources_serve_a_line_too(tx: Tx) -> None:
    course = full(tx, places=1)
    other = factories.resource(tx)
    factories.also(tx, course.scene.product_id, [other.id])
    course.scene.hold(tx, who=-1, idempotency_key="the other")
    entry = course.join(tx, 0)
    assert course.offer(tx) is None
    course.free(tx)
    assert waiting.with_room(tx, waiting.lines(tx, after=None, limit=10)) == [course.line]
    assert course.offer(tx) is entry


def test_lines_with_room_are_found_in_one_look_and_full_ones_are_not(tx: Tx) -> None:
    course, free = full(tx), full(tx)
    for one in (course, free):
        one.join(tx, 0, 2)
    lines = waiting.lines(tx, after=None, limit=10)
    assert {line.product_id for line in lines} == {course.scene.product_id, free.scene.product_id}
    assert waiting.lines(tx, after=lines[0], limit=10) == lines[1:]
    free.free(tx)
    assert waiting.with_room(tx, lines) == [], "one place is none for two"
    free.free(tx)
    assert waiting.with_room(tx, lines) == [free.line]


def test_many_who_look_at_once_offer_each_place_once_in_the_order_of_the_line(database: Engine) -> None:
    with transaction(database) as tx:
        course = full(tx, places=6, waiters=12)
        for who in range(12):
            course.join(tx, who)
        course.free(tx, 6)

    def look(tx: Tx, _n: int) -> object:
        return waiting.offer_next(tx, course.line, now=NOW, **HOW)

    while any(answer.value for answer in race(database, 8, look)):
        pass
    with transaction(database) as tx:
        offered = tx.execute(
            text("SELECT account_id FROM waiting_entries WHERE state = 'offered' ORDER BY joined_at")
        ).scalars()
        assert [course.scene.accounts.index(one) for one in offered] == list(range(6))
        assert tx.execute(text("SELECT count(*) FROM mails")).scalar_one() == 6
    assert wrongs(database) == NOTHING_WRONG
