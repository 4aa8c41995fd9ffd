"""An order takes its places again where each person books a time once: then that is the once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from portal.domains import reservations
from portal.domains.reservations import AlreadyYours
from portal.kernel.db import Tx, transaction
from tests import factories
from tests.portal.domains.reservations.racing import NOTHING_WRONG, wrongs
from tests.portal.domains.reservations.scene import HOUR, MORNING, NOW, scene
from tests.portal.domains.reservations.test_taking_again import again, given_back, refused


def test_what_was_taken_again_is_theirs_like_any_other(tx: Tx) -> None:
    course = scene(tx, units=3, once_each=True)
    order_id, lost = given_back(tx, course)
    assert again(tx, order_id, lost)
    with pytest.raises(AlreadyYours):
        course.hold(tx)
    assert course.hold(tx, who=1)


@pytest.mark.parametrize("ordered", [True, False], ids=["in an order", "held"])
def test_who_has_a_time_that_meets_it_by_now_does_not_get_it_too(tx: Tx, ordered: bool) -> None:
    course = scene(tx, units=3, length=60, max_length=120, start_step=30, once_each=True)
    order_id, lost = given_back(tx, course, ends_at=MORNING + HOUR)
    meets = course.hold(tx, hour=0.5, ends_at=MORNING + 1.5 * HOUR)
    if ordered:
        reservations.bind(tx, account_id=meets.account_id, hold_ids=[meets.id], order_id=meets.id)
    refused(tx, reservations.BookedMeanwhile, order_id, lost)


def test_what_was_bought_twice_before_there_was_the_rule_is_taken_again_all_of_it(tx: Tx) -> None:
    course = scene(tx, units=3)
    order_id, first = given_back(tx, course, idempotency_key="a")
    _, second = given_back(tx, course, idempotency_key="b")
    tx.execute(text("UPDATE offerings SET once_each = true"))
    tx.expire_all()
    assert len({hold.id for hold in again(tx, order_id, first, second)}) == 2


def test_a_hold_with_another_guide_at_the_same_moment_is_waited_for_and_taken(database: Engine) -> None:
    with transaction(database) as tx:
        course = scene(tx, once_each=True)
        mine, other = (factories.resource(tx).id for _ in range(2))
        factories.also(tx, course.product_id, [mine, other], choosable=True)
        order_id, lost = given_back(tx, course, served_by=[mine])
    late: dict[str, Any] = {"account_id": lost.account_id, "order_id": order_id, "hold_ids": [lost.id], "now": NOW}
    with transaction(database) as choosing:
        chosen = course.hold(choosing, served_by=[other])
        with transaction(database) as tx, pytest.raises(reservations.SlotBusy):
            reservations.take_again(tx, **late, wait=timedelta(milliseconds=50))
    with transaction(database) as tx:
        assert [hold.id for hold in again(tx, order_id, lost)] == [chosen.id]
    assert wrongs(database) == NOTHING_WRONG
