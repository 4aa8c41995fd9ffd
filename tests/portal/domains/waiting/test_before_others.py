"""Whoever waits goes before whoever comes along: the claim itself sees to it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from portal.domains import reservations, waiting
from portal.domains.reservations import Behind, Room, SlotTaken, SlotWaitedFor
from portal.kernel.db import Tx, transaction
from tests import factories
from tests.portal.domains.reservations.racing import NOTHING_WRONG, race, wrongs
from tests.portal.domains.reservations.scene import HOUR, MORNING, NOW, let_time_pass
from tests.portal.domains.waiting.full import HOW, full, state


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


def test_who_waits_for_longer_than_is_free_keeps_nobody_from_what_is_free(tx: Tx) -> None:
    course = full(tx, places=1, length=60, max_length=120)
    course.scene.hold(tx, who=1, hour=1, ends_at=MORNING + 2 * HOUR)
    course.join(tx, 0, ends_at=MORNING + 2 * HOUR)
    course.free(tx)
    assert course.scene.hold(tx, who=2, ends_at=MORNING + HOUR)


def test_who_waits_for_a_part_of_it_goes_first_and_is_named(tx: Tx) -> None:
    course = full(tx, places=1, length=60, max_length=180)
    later = MORNING + HOUR
    course.scene.hold(tx, who=1, hour=1, ends_at=later + HOUR)
    course.join(tx, 0, starts_at=later, ends_at=later + HOUR)
    let_time_pass(tx, course.scene.hold(tx, who=1, hour=1, ends_at=later + HOUR))
    course.free(tx)
    with pytest.raises(SlotWaitedFor) as refused:
        course.scene.hold(tx, who=2, ends_at=MORNING + 3 * HOUR)
    assert refused.value.lines == ((course.scene.product_id, later),)


def test_who_cannot_be_offered_it_any_more_keeps_nobody_from_it(tx: Tx) -> None:
    course = full(tx)
    pair = course.join(tx, 0, 2)
    course.free(tx, 2)
    few = text("UPDATE offerings SET max_quantity = 1")
    tx.execute(few)
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=1)
    passed: list[Room] = []
    assert waiting.offer_next(tx, course.line, now=NOW, passed=passed, **HOW) is None
    assert course.scene.hold(tx, who=1, behind=Behind(passed))
    assert state(tx, pair.id) == "waiting", "more may be allowed at once again"


def test_when_an_offer_would_be_over_before_it_is_read_anybody_may_have_it(tx: Tx) -> None:
    course = full(tx)
    course.join(tx, 0)
    course.free(tx)
    late, passed = MORNING - timedelta(minutes=19), list[Room]()
    assert waiting.offer_next(tx, course.line, now=late, passed=passed, **HOW) is None
    assert course.scene.hold(tx, who=1, behind=Behind(passed))


def test_a_larger_party_that_was_offered_it_in_vain_keeps_no_smaller_one_waiting(tx: Tx) -> None:
    course = full(tx, places=4, waiters=4)
    for who, quantity in ((0, 4), (1, 3), (2, 4), (3, 1)):
        course.join(tx, who, quantity)
    course.free(tx, 2)
    assert course.owner_of(course.offer(tx)) == 3


def test_who_holds_a_time_may_come_in_smaller_number_while_others_wait(tx: Tx) -> None:
    course = full(tx, places=3)
    course.free(tx, 3)
    course.scene.hold(tx, who=0, quantity=2)
    course.scene.hold(tx, who=1)
    course.join(tx, 2)
    assert course.scene.hold(tx, who=0, quantity=1).quantity == 1
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=0, quantity=2)


def test_who_comes_in_smaller_number_may_even_while_a_free_place_is_waited_for(tx: Tx) -> None:
    course = full(tx, places=3)
    course.free(tx, 3)
    course.scene.hold(tx, who=0, quantity=2)
    third = course.scene.hold(tx, who=1)
    course.join(tx, 2)
    reservations.release(tx, account_id=third.account_id, hold_id=third.id)
    with pytest.raises(SlotWaitedFor):
        course.scene.hold(tx, who=1)
    assert course.scene.hold(tx, who=0, quantity=1).quantity == 1
    assert course.owner_of(course.offer(tx)) == 2


def test_what_one_holds_is_not_free_for_those_who_wait_when_one_asks_for_more(tx: Tx) -> None:
    course = full(tx, places=3)
    course.free(tx, 3)
    course.scene.hold(tx, who=1)
    course.scene.hold(tx, who=0)
    course.join(tx, 2, 2)
    assert course.scene.hold(tx, who=0, quantity=2).quantity == 2, "for two there was no room anyway"


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
