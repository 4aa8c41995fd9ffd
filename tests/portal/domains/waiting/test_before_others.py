"""Whoever waits goes before whoever comes along: the claim itself sees to it."""

import pytest
from sqlalchemy import Engine

from portal.domains import reservations
from portal.domains.reservations import SlotTaken, SlotWaitedFor
from portal.kernel.db import Tx, transaction
from tests import factories
from tests.portal.domains.reservations.racing import NOTHING_WRONG, race, wrongs
from tests.portal.domains.reservations.scene import HOUR, MORNING, let_time_pass
from tests.portal.domains.waiting.full import full


def test_a_free_place_that_is_waited_for_is_not_for_others(tx: Tx) -> None:
    course = full(tx)
    course.join(tx, 0)
    course.free(tx)
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=1)
    assert course.owner_of(course.offer(tx)) == 0
    with pytest.raises(SlotTaken):
        course.scene.hold(tx, who=1)


def test_where_there_is_room_for_more_the_line_is_served_and_the_rest_is_for_anybody(tx: Tx) -> None:
    course = full(tx)
    course.join(tx, 0)
    course.free(tx, 2)
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=1)
    course.offer(tx)
    assert course.scene.hold(tx, who=1)


def test_a_party_too_large_for_what_is_free_keeps_nobody_from_it(tx: Tx) -> None:
    course = full(tx)
    course.join(tx, 0, 2)
    course.free(tx)
    assert course.scene.hold(tx, who=1)


def test_a_larger_party_that_fits_goes_first_all_the_same(tx: Tx) -> None:
    course = full(tx)
    course.join(tx, 0, 2)
    course.free(tx, 2)
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=1)


def test_what_has_run_out_counts_as_free_for_the_line(tx: Tx) -> None:
    course = full(tx)
    course.join(tx, 0, 2)
    course.free(tx)
    let_time_pass(tx, course.holds[0])
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=1)


def test_who_waits_may_take_a_free_place_themselves_unless_others_wait_too(tx: Tx) -> None:
    course = full(tx)
    course.join(tx, 0)
    course.free(tx, 2)
    assert course.scene.hold(tx, who=0)
    course.join(tx, 1, 2)
    course.join(tx, 2)
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=1)


def test_another_time_and_another_product_are_not_waited_for(tx: Tx) -> None:
    course = full(tx, length=60, max_length=120)
    course.join(tx, 0, ends_at=MORNING + HOUR)
    course.free(tx, 2)
    assert course.scene.hold(tx, who=1, hour=1, ends_at=MORNING + 2 * HOUR)
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=1, ends_at=MORNING + 2 * HOUR)


def test_several_resources_are_kept_for_the_line_too(tx: Tx) -> None:
    course = full(tx, places=1)
    factories.also(tx, course.scene.product_id, [factories.resource(tx).id])
    course.scene.hold(tx, who=-1, idempotency_key="the other")
    course.join(tx, 0)
    course.free(tx)
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=1)


def test_a_cancellation_among_fifty_who_press_goes_to_the_line(database: Engine) -> None:
    with transaction(database) as tx:
        course = full(tx, places=1, waiters=21)
        course.join(tx, 0)
    hold = course.holds[0]

    def act(tx: Tx, n: int) -> object:
        if n == 0:
            return reservations.release(tx, account_id=hold.account_id, hold_id=hold.id)
        return course.scene.hold(tx, who=n)

    answers = race(database, 21, act)
    assert {type(answer.value).__name__ for answer in answers[1:]} <= {"SlotTaken", "SlotWaitedFor", "SlotBusy"}
    with transaction(database) as tx:
        assert course.owner_of(course.offer(tx)) == 0
    assert wrongs(database) == NOTHING_WRONG
