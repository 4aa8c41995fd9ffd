"""One person holds so many times at once and no more, however fast they press."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select

from portal.domains import reservations
from portal.kernel.db import Tx, transaction
from tests.portal.domains.reservations.racing import race
from tests.portal.domains.reservations.scene import NOW, Scene, let_time_pass, scene

MOST = 3


def held(tx: Tx, at: Scene, hour: int, *, who: int = 0, **more: object) -> reservations.Hold:
    made = at.hold(tx, who=who, hour=hour, **more)
    reservations.limit_holds(tx, at.accounts[who], most=MOST)
    return made


def test_the_fourth_is_refused_and_not_held(tx: Tx) -> None:
    studio = scene(tx)
    for hour in range(MOST):
        held(tx, studio, hour)
    with pytest.raises(reservations.TooManyHolds, match="You hold 3 times already"), tx.begin_nested():
        held(tx, studio, MOST)
    held(tx, studio, MOST, who=1)  # somebody else has room, and the place is free


def test_what_is_held_already_can_be_chosen_again(tx: Tx) -> None:
    kayaks = scene(tx, units=4, max_quantity=4)
    first = held(tx, kayaks, 0)
    for hour in (1, 2):
        held(tx, kayaks, hour, idempotency_key=f"key {hour}")
    assert held(tx, kayaks, 0).id == first.id
    assert held(tx, kayaks, 0, quantity=4).quantity == 4
    held(tx, kayaks, 1, idempotency_key="key 1")


def test_what_ran_out_was_let_go_or_ordered_does_not_count(tx: Tx) -> None:
    studio = scene(tx)
    over, gone, ordered = (held(tx, studio, hour) for hour in range(MOST))
    let_time_pass(tx, over)
    reservations.release(tx, account_id=studio.accounts[0], hold_id=gone.id)
    reservations.bind(tx, account_id=studio.accounts[0], hold_ids=[ordered.id], order_id=uuid4())
    for hour in range(MOST):
        held(tx, studio, 10 + hour)


def test_pressing_everything_at_once_holds_no_more(database: Engine) -> None:
    with transaction(database) as tx:
        studio = scene(tx)
    answers = race(database, 8, lambda tx, n: held(tx, studio, 24 * n))
    refused = [answer for answer in answers if isinstance(answer.value, reservations.TooManyHolds)]
    assert len(refused) == 8 - MOST
    with transaction(database) as tx:
        assert len(reservations.holds_of(tx, studio.accounts[0], NOW)) == MOST


def test_who_waits_too_long_for_a_hold_of_their_own_elsewhere_is_told_to_try_again(tx: Tx, engine: Engine) -> None:
    course = scene(tx)
    name = f"holds of {course.accounts[0]}"
    with transaction(engine) as elsewhere:
        elsewhere.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
        course.hold(tx, wait=timedelta(milliseconds=50))
        with pytest.raises(reservations.SlotBusy):
            reservations.limit_holds(tx, course.accounts[0], most=3)
