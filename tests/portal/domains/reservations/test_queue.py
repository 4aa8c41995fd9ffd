"""The queue before a day: bounded, in one order, and never in the way of who cannot win."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from portal.domains import reservations
from portal.domains.reservations.turns import turns
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid
from portal.kernel.ids import new_id
from tests.journeys.house import wait_for
from tests.portal.domains.reservations.racing import NOTHING_WRONG, race, wrongs
from tests.portal.domains.reservations.scene import HOUR, MORNING, Scene, scene, units
from tests.support.standing import standing
from tests.support.statements import counted_on

SHORT = timedelta(seconds=0.3)


@pytest.fixture
def studio(database: Engine) -> Scene:
    with transaction(database) as tx:
        return scene(tx, customers=9)


@pytest.fixture
def slow(database: Engine, studio: Scene) -> Iterator[Tx]:
    """Somebody has the turn of the morning's day, holds ten to eleven, and does not finish."""
    with database.connect() as connection, transaction(connection.engine) as tx:
        studio.hold(tx, who=-1, hour=1)
        yield tx
        tx.rollback()


def test_who_does_not_get_the_turn_is_told_so_in_time_and_can_go_on(database: Engine, studio: Scene, slow: Tx) -> None:
    with transaction(database) as tx:
        begun = time.monotonic()
        with pytest.raises(reservations.SlotBusy):
            studio.hold(tx, wait=SHORT)
        assert SHORT.total_seconds() <= time.monotonic() - begun < 3
        assert studio.hold(tx, hour=48, wait=SHORT)  # another day has its own queue, and the transaction is good


def test_who_finds_it_full_is_told_without_waiting(database: Engine, studio: Scene) -> None:
    with transaction(database) as tx:
        studio.hold(tx)
    with transaction(database) as slow:
        studio.hold(slow, who=-1, hour=1)
        with transaction(database) as tx:
            begun = time.monotonic()
            with pytest.raises(reservations.SlotTaken):
                studio.hold(tx, who=1, wait=timedelta(seconds=20))
            assert time.monotonic() - begun < 2


def test_who_finds_it_full_is_told_in_one_trip(database: Engine, studio: Scene) -> None:
    with transaction(database) as tx:
        studio.hold(tx)
    with counted_on(database) as sent:
        with pytest.raises(reservations.SlotTaken), transaction(database) as tx:
            studio.hold(tx, who=1, idempotency_key="asked once")
        assert sent.trips == 1
        with pytest.raises(reservations.SlotTaken), transaction(database) as tx:
            studio.hold(tx, who=1)
    assert sent.trips == 2


def test_whoever_gets_it_claims_with_the_trip_that_takes_the_turn(database: Engine, studio: Scene) -> None:
    with counted_on(database) as sent, transaction(database) as tx:
        assert studio.hold(tx)
    assert (len(sent), sent.trips) == (5, 2)


def test_who_waits_while_the_last_place_goes_is_told_that_it_is_taken(database: Engine, studio: Scene) -> None:
    """At a glance it was free; behind the turn it is not any more."""
    with transaction(database) as slow, ThreadPoolExecutor(1) as pool:
        studio.hold(slow, who=-1)

        def late() -> reservations.Hold:
            with transaction(database) as tx:
                return studio.hold(tx, wait=timedelta(seconds=60))

        asked = pool.submit(late)
        wait_for(lambda: standing(database) == 1, 20, "nobody waits")
        slow.commit()
        with pytest.raises(reservations.SlotTaken):
            asked.result()
    assert wrongs(database) == NOTHING_WRONG


@pytest.mark.parametrize("wish", [{"ends_at": MORNING - HOUR}, {"quantity": 2}, {"quantity": -1}, {"hour": 0.1}])
def test_what_is_amiss_with_a_wish_is_told_also_where_it_is_full(tx: Tx, wish: dict[str, Any]) -> None:
    studio = scene(tx, length=60, start_step=60)
    studio.hold(tx)
    with pytest.raises(Invalid):
        studio.hold(tx, who=1, **wish)


def test_even_code_that_does_not_queue_is_not_waited_for_without_end(database: Engine, studio: Scene) -> None:
    """Somebody stores a place without taking a turn, and does not commit: the constraint waits, but not for ever."""
    with transaction(database) as tx:
        mine = studio.hold(tx)
        reservations.release(tx, account_id=studio.accounts[0], hold_id=mine.id)
    with database.connect() as rude:
        rude.execute(text("UPDATE reservations SET status = 'PENDING'"))
        with transaction(database) as tx, pytest.raises(reservations.SlotBusy):
            studio.hold(tx, who=1, wait=SHORT)
        rude.commit()
    with transaction(database) as tx, pytest.raises(reservations.SlotTaken):
        studio.hold(tx, who=1)


def test_two_who_want_a_place_in_doubt_wait_in_turn_and_not_in_a_circle(database: Engine) -> None:
    """Code that does not queue stores the first of two places, and thinks better of it. Two have come meanwhile: both
    at once, each would have written that place and then waited for the other."""
    with transaction(database) as tx:
        house = scene(tx, units=2, customers=3)
        before = house.hold(tx, who=-1)
        reservations.release(tx, account_id=before.account_id, hold_id=before.id)

    def wish(who: int) -> list[int]:
        with transaction(database) as tx:
            return units(house.hold(tx, who=who, wait=timedelta(seconds=60)))

    with database.connect() as rude, ThreadPoolExecutor(2) as pool:
        rude.execute(text("UPDATE reservations SET status = 'PENDING'"))
        asked = [pool.submit(wish, who) for who in range(2)]
        wait_for(lambda: standing(database) == 2, 20, "nobody waits")
        rude.rollback()
        assert sorted(one.result() for one in asked) == [[1], [2]]
    assert wrongs(database) == NOTHING_WRONG


def test_a_hold_that_runs_out_during_its_checkout_is_left_to_the_checkout(database: Engine, studio: Scene) -> None:
    """Others see it as run out, but its row is being changed: to wait for that here could close a circle."""
    with transaction(database) as tx:
        mine = studio.hold(tx)
        soon = "UPDATE reservations SET expires_at = clock_timestamp() + interval '300 ms' WHERE hold_id = :id"
        tx.execute(text(soon), {"id": mine.id})
    with transaction(database) as checkout:
        reservations.bind(checkout, account_id=studio.accounts[0], hold_ids=[mine.id], order_id=new_id())
        time.sleep(0.4)
        with transaction(database) as tx:
            begun = time.monotonic()
            with pytest.raises(reservations.SlotTaken):
                studio.hold(tx, who=1, wait=timedelta(seconds=20))
            assert time.monotonic() - begun < 2
    with transaction(database) as tx:
        assert reservations.holds(tx, [mine.id])[0].state_at(MORNING) == "ordered"


def test_nights_over_two_days_and_both_orders_of_two_days_end_without_a_deadlock_kept_waiting(
    database: Engine,
) -> None:
    with transaction(database) as tx:
        house = scene(tx, units=20, length=60, max_length=1440, customers=8)

    def act(tx: Tx, n: int) -> object:
        hours = [13.5, 38.5] if n % 2 else [38.5, 13.5]  # 22:30 of one day and of the next, each into its next day
        return [
            house.hold(tx, who=n, hour=hour, ends_at=MORNING + (hour + 3) * HOUR, wait=timedelta(seconds=4))
            for hour in hours
        ]

    answers = race(database, 8, act)
    assert {type(answer.value) for answer in answers} <= {list, reservations.SlotBusy}
    assert any(isinstance(answer.value, list) for answer in answers)
    assert max(answer.seconds for answer in answers) < 15
    assert wrongs(database) == NOTHING_WRONG


def test_everybody_takes_turns_in_one_order() -> None:
    resource, days = new_id(), [date(2026, 6, day) for day in range(1, 6)]
    numbers = turns(resource, days)
    assert numbers == turns(resource, days[::-1]) == sorted(numbers)
    assert len(set(numbers) | set(turns(new_id(), days))) == 10
