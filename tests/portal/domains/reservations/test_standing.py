"""What stands on a place: found where staff want to close, and kept while units are taken away and people book."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from portal.domains import reservations, resources
from portal.domains.resources import ResourceFields
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid
from tests.portal.domains.reservations.scene import DAY_NAME, HOUR, MORNING, NOW, Scene, scene, units

Aside = Callable[[Callable[[Tx], Any]], "Future[Any]"]


@pytest.fixture
def kayaks(database: Engine) -> Scene:
    with transaction(database) as tx:
        return scene(tx, units=3, max_quantity=3)


@pytest.fixture
def aside(database: Engine) -> Iterator[Aside]:
    """Does something at the same time, in a transaction of its own."""

    def act(what: Callable[[Tx], Any]) -> Any:
        with transaction(database) as tx:
            return what(tx)

    with ThreadPoolExecutor(1) as pool:
        yield lambda what: pool.submit(act, what)


def test_what_meets_any_of_several_spans_is_found_and_counted(tx: Tx) -> None:
    at = scene(tx, units=3, max_quantity=3, customers=5)
    for who, hour in enumerate([0, 0, 2, 5]):
        at.hold(tx, who=who, hour=hour)
    held = [(MORNING + first * HOUR, MORNING + last * HOUR) for first, last in [(4, 6), (-1, 0), (0, 2.5)]]
    found = reservations.within(tx, at.resource_id, held[:2], limit=1)
    assert [one.starts_at for one in found] == [MORNING + 5 * HOUR], "not what lies between the spans"
    assert len(reservations.within(tx, at.resource_id, held)) == 4
    assert reservations.within(tx, at.resource_id, []) == []
    assert reservations.count_within(tx, at.resource_id, held) == [1, 0, 3]
    assert reservations.count_within(tx, at.resource_id, []) == []


def test_what_hours_leave_outside_is_told_by_booking(tx: Tx) -> None:
    at = scene(tx, units=3, max_quantity=3, customers=5)
    for who, hour in enumerate([0, 0, 2, 5]):
        at.hold(tx, who=who, hour=hour)
    zone = clock.zone("Asia/Seoul")
    before = resources.all_hours_of(tx, at.resource_id)
    after = [resources.Hours(n, 10 * 60, 12 * 60) for n in range(7)]
    lost = reservations.left_outside(tx, at.resource_id, before, after, zone=zone, now=NOW)
    assert [(one.starts_at - MORNING) / HOUR for one in lost] == [0, 0, 5]
    assert len(reservations.left_outside(tx, at.resource_id, before, after, zone=zone, now=NOW, limit=2)) == 2
    assert reservations.left_outside(tx, at.resource_id, before, before, zone=zone, now=NOW) == []


def shrink(tx: Tx, at: Scene, number: int) -> None:
    found = resources.get_resource(tx, at.resource_id)
    fields = ResourceFields(found.name, found.time_zone, units=number)
    resources.edit_resource(
        tx, found.id, found.version, fields, standing=reservations.starts_above, now=NOW, by=at.accounts[0]
    )


def blocked(engine: Engine) -> bool:
    """Somebody waits for a lock; within a few seconds, or not at all."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(60):
        with engine.connect() as connection:
            if connection.scalar(query):
                return True
        time.sleep(0.05)
    return False


def test_who_holds_a_place_at_this_moment_keeps_it(database: Engine, kayaks: Scene, aside: Aside) -> None:
    with transaction(database) as tx:
        assert units(kayaks.hold(tx, quantity=3)) == [1, 2, 3]
        shrinking = aside(lambda other: shrink(other, kayaks, 2))
        assert blocked(database), "the editor waits for the claim under way"
    with pytest.raises(Invalid, match=DAY_NAME):
        shrinking.result(5)
    with transaction(database) as tx:
        assert resources.get_resource(tx, kayaks.resource_id).units == 3


def test_a_place_that_goes_at_this_moment_is_nobodys(database: Engine, kayaks: Scene, aside: Aside) -> None:
    with transaction(database) as tx:
        shrink(tx, kayaks, 2)
        holding = aside(lambda other: kayaks.hold(other, quantity=3))
        assert blocked(database), "the claim, which knew of three places, waits for the editor"
    with pytest.raises(reservations.SlotTaken):
        holding.result(5)
    with transaction(database) as tx:
        assert units(kayaks.hold(tx, quantity=2, wait=timedelta(seconds=1))) == [1, 2]
