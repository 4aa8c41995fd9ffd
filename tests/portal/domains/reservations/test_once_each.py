"""A product that one person books once at a time: held by the claim, whoever comes at the same moment."""

import pytest
from sqlalchemy import Engine

from portal.domains import reservations
from portal.domains.reservations import AlreadyYours, Hold
from portal.kernel.db import Tx, transaction
from tests import factories
from tests.portal.domains.reservations.racing import NOTHING_WRONG, race, wrongs
from tests.portal.domains.reservations.scene import HOUR, MORNING, scene, units
from tests.portal.domains.reservations.test_races import PATIENT, kinds


def ordered(tx: Tx, hold: Hold) -> Hold:
    reservations.bind(tx, account_id=hold.account_id, hold_ids=[hold.id], order_id=hold.id)
    return hold


def test_where_it_is_not_asked_for_one_person_may_book_a_time_again(tx: Tx) -> None:
    course = scene(tx, units=3)
    ordered(tx, course.hold(tx))
    assert course.hold(tx)
    assert course.hold(tx, idempotency_key="one more")


def test_who_holds_or_has_booked_a_time_is_told(tx: Tx) -> None:
    course = scene(tx, units=3, length=60, max_length=120, once_each=True)
    hour = {"ends_at": MORNING + HOUR}
    held = course.hold(tx, **hour)
    with pytest.raises(AlreadyYours) as refused:
        course.hold(tx, idempotency_key="another", **hour)
    assert refused.value.field == "start"
    with pytest.raises(AlreadyYours):
        course.hold(tx, hour=0.5, ends_at=MORNING + 1.5 * HOUR)
    ordered(tx, held)
    with pytest.raises(AlreadyYours):
        course.hold(tx, **hour)
    assert course.hold(tx, hour=1, ends_at=MORNING + 2 * HOUR)
    assert course.hold(tx, who=1, **hour)


def test_choosing_again_what_one_holds_gives_that_hold_or_another_number_of_it(tx: Tx) -> None:
    course = scene(tx, units=3, once_each=True)
    held = course.hold(tx)
    assert course.hold(tx).id == held.id
    assert units(course.hold(tx, quantity=2)) == [1, 2]


def test_it_is_told_also_where_it_is_full_by_now(tx: Tx) -> None:
    course = scene(tx, units=1, once_each=True)
    ordered(tx, course.hold(tx))
    with pytest.raises(AlreadyYours):
        course.hold(tx)


def test_what_was_given_back_may_be_booked_again(tx: Tx) -> None:
    course = scene(tx, units=2, once_each=True)
    held = ordered(tx, course.hold(tx))
    reservations.cancel(tx, order_id=held.id, hold_ids=[held.id])
    assert course.hold(tx)


@pytest.mark.parametrize("guides", [0, 4])
def test_twenty_requests_of_one_person_at_once_are_one_hold(database: Engine, guides: int) -> None:
    """Also where each asks for another guide, so that no two of them stand in the same queue."""
    with transaction(database) as tx:
        course = scene(tx, units=4, once_each=True)
        others = [factories.resource(tx).id for _ in range(guides)]
        if others:
            factories.also(tx, course.product_id, others, choosable=True)

    def wish(tx: Tx, n: int) -> Hold:
        served_by = [others[n % guides]] if guides else []
        return course.hold(tx, idempotency_key=f"request {n}", served_by=served_by, wait=PATIENT)

    answers = race(database, 20, wish)
    assert kinds(answers) == {"Hold": 1, "AlreadyYours": 19}
    assert wrongs(database) == NOTHING_WRONG
