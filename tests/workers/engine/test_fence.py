"""One driver at a time: leases, the fence, wakes and crashes that come at the wrong moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal.kernel import wire
from portal.kernel.db import transaction
from tests.workers.engine.conftest import QUICK, Toy
from workers.engine import closing, store
from workers.engine.lines import Line

ALL = ["look", "first", "second", "intend", "record done", "third", "fourth"]


def test_a_wake_that_comes_while_somebody_drives_is_not_lost(toy: Toy) -> None:
    toy.world.waiting = True
    saga_id = toy.begin()
    with toy.engine.begin() as connection:
        claim = store.claim(connection, saga_id, owner="other", lease=60, known=toy.driver.known)
    assert claim
    with transaction(toy.engine) as tx:
        toy.port.wake(tx, "toy", "one")
    with transaction(toy.engine) as tx:
        in_an_hour = datetime.now(UTC) + timedelta(hours=1)
        closing.close(tx, claim, state="waiting", begun_at=0, position=3, lines=[], lease=60, next_at=in_an_hour)

    due = toy.sql("SELECT next_at <= now() AS due FROM sagas")
    assert due[0].due


def test_a_driver_that_lost_its_lease_commits_nothing(toy: Toy) -> None:
    saga_id = toy.begin()
    with toy.engine.begin() as connection:
        stale = store.claim(connection, saga_id, owner="paused", lease=0.0, known=toy.driver.known)
    assert stale
    toy.sql("SELECT pg_sleep(0.01)")
    assert toy.driver.visit(saga_id) == "done"
    end = toy.sql("SELECT position FROM sagas")[0].position

    def late() -> None:
        with transaction(toy.engine) as tx:
            tx.execute(text("INSERT INTO toy_effects (what) VALUES ('zombie')"))
            closing.close(tx, stale, state="done", begun_at=end, position=end, lines=[], lease=60)

    with pytest.raises(store.Fenced):
        late()
    assert "zombie" not in toy.effects()


def test_a_driver_does_no_step_twice_even_while_it_holds_the_saga(toy: Toy) -> None:
    saga_id = toy.begin()
    with toy.engine.begin() as connection:
        claim = store.claim(connection, saga_id, owner="muddled", lease=60, known=toy.driver.known)
    assert claim

    def first() -> None:
        with transaction(toy.engine) as tx:
            tx.execute(text("INSERT INTO toy_effects (what) VALUES ('first')"))
            line = Line("first", "do", "done", seq=0)
            closing.close(tx, claim, state="running", begun_at=0, position=1, lines=[line], lease=60, keep=True)

    first()
    with pytest.raises(store.Fenced):
        first()
    assert toy.effects() == ["first"]
    assert toy.log() == ["do first: done"]


def test_a_leased_saga_is_nobody_elses(toy: Toy) -> None:
    saga_id = toy.begin()
    with toy.engine.begin() as connection:
        store.claim(connection, saga_id, owner="other", lease=60, known=toy.driver.known)

    assert toy.driver.visit(saga_id) is None
    assert toy.effects() == []


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("nth", range(3))
def test_a_commit_that_breaks_leaves_effect_and_log_together(toy: Toy, nth: int, side: str) -> None:
    saga_id = toy.begin()

    with broken_commit(nth, side), pytest.raises(ConnectionResetError):
        toy.driver.visit(saga_id)
    toy.sql("UPDATE sagas SET lease_until = NULL, next_at = now()")

    assert toy.drive(saga_id) == "done"
    assert toy.effects() == ALL
    assert len(toy.world.charged) == 1


def test_crashes_count_as_attempts_so_that_poison_is_parked(toy: Toy) -> None:
    saga_id = toy.begin()
    for _ in range(QUICK.max_attempts):
        with toy.engine.begin() as connection:
            assert store.claim(connection, saga_id, owner="crashed", lease=0.0, known=toy.driver.known)
        toy.sql("SELECT pg_sleep(0.005)")

    assert toy.driver.visit(saga_id) == "parked"
    assert toy.effects() == []


def test_every_visit_is_counted_until_a_step_goes_through(toy: Toy) -> None:
    saga_id = toy.begin()
    counted = []
    for broken in ("second", "second", "second", "third", "nothing"):
        toy.world.breaks = {broken: 99}
        toy.driver.visit(saga_id)
        counted.append((toy.progress().attempts, toy.log()[-1]))
        toy.sql("UPDATE sagas SET next_at = now() WHERE next_at IS NOT NULL")

    again = [(attempts, "do first: done") for attempts in (1, 2, 3)]
    assert counted == [*again, (1, "do charge: done"), (0, "do fourth: done")]


@contextmanager
def broken_commit(nth: int, side: str) -> Iterator[None]:
    """The `nth` commit of this block loses its connection, before or after it took effect."""
    commit, seen = wire.and_commit, iter(range(100))

    def breaking(*given: Any) -> Any:
        here = next(seen) == nth
        if here and side == "before":
            raise ConnectionResetError
        row = commit(*given)
        if here:
            raise ConnectionResetError
        return row

    wire.and_commit = breaking
    try:
        yield
    finally:
        wire.and_commit = commit
