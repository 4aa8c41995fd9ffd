"""The engine drives toy sagas: forward, back, through unknown answers, and never twice."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from portal.kernel.db import transaction
from tests.workers.engine.conftest import QUICK, Toy
from workers.engine import Driver, store

ALL = ["look", "first", "second", "intend", "record done", "third", "fourth"]


def test_a_saga_runs_to_its_end_in_one_visit(toy: Toy) -> None:
    saga_id = toy.begin()

    assert toy.driver.visit(saga_id) == "done"

    assert toy.effects() == ALL
    assert len(toy.world.charged) == 1
    assert toy.log() == [f"do {name}: done" for name in ("look", "first", "second", "charge", "third", "fourth")]


def test_the_doorbell_rings_once_after_the_commit_and_not_after_a_rollback(toy: Toy) -> None:
    saga_id = toy.begin()
    assert toy.rung == [saga_id]

    def begin_and_fail() -> None:
        with transaction(toy.engine) as tx:
            toy.port.begin(tx, "toy", "never", {"name": "never"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        begin_and_fail()
    assert toy.rung == [saga_id]


def test_the_same_key_begins_one_saga(toy: Toy) -> None:
    assert toy.begin("same") == toy.begin("same")


def test_a_second_visit_of_a_finished_saga_does_nothing(toy: Toy) -> None:
    saga_id = toy.begin()
    toy.driver.visit(saga_id)

    assert toy.driver.visit(saga_id) is None
    assert toy.effects() == ALL


@pytest.mark.parametrize(
    ("refusing", "effects"),
    [
        ("first", ["look", "undo first"]),
        ("second", ["look", "first", "undo second", "undo first"]),
        ("charge", ["look", "first", "second", "intend", "record no", "undo second", "undo first"]),
    ],
)
def test_a_refusal_undoes_in_reverse_what_was_done_before(toy: Toy, refusing: str, effects: list[str]) -> None:
    toy.world.refuse = {refusing}
    saga_id = toy.begin()

    assert toy.driver.visit(saga_id) == "compensated"

    assert toy.effects() == effects
    assert toy.world.charged == []
    assert toy.progress().refusal == {"step": refusing, "code": "no", "message": "That is not possible.", "params": {}}


def test_a_step_that_breaks_is_tried_again_and_the_steps_before_it_stay_done_once(toy: Toy) -> None:
    toy.world.breaks = {"second": 2, "fourth": 2}
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "done"
    assert toy.effects() == ALL


def test_an_undeclared_refusal_is_a_mistake_and_parks_the_saga(toy: Toy) -> None:
    toy.world.refuse = {"third"}
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "parked"
    assert toy.effects() == ["look", "first", "second", "intend", "record done"]
    assert toy.progress().park_reason


def test_a_refusal_that_its_own_step_did_not_declare_is_a_mistake_too(toy: Toy) -> None:
    toy.world.odd = {"second"}
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "parked"
    assert toy.effects() == ["look", "first"]


def test_a_compensation_that_breaks_is_tried_again(toy: Toy) -> None:
    toy.world.refuse = {"charge"}
    toy.world.breaks = {"undo second": 2}
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "compensated"
    assert [what for what in toy.effects() if what.startswith("undo")] == ["undo second", "undo first"]


@pytest.mark.parametrize("fault", ["before", "after"])
def test_an_unknown_answer_is_asked_for_before_anything_is_sent_again(toy: Toy, fault: str) -> None:
    toy.world.fault = [fault]
    saga_id = toy.begin()

    assert toy.driver.visit(saga_id) == "unknown"
    assert "undo first" not in toy.effects()
    assert toy.drive(saga_id) == "done"

    assert len(toy.world.charged) == 1
    assert len(set(toy.world.sent)) == 1, "one key, whatever happened"
    assert toy.world.asked, "it asked before it sent again"
    assert len(toy.world.sent) == (2 if fault == "before" else 1)


def test_while_the_answer_is_unknown_nothing_is_undone_however_long_it_takes(toy: Toy) -> None:
    toy.world.fault = ["after"] + ["ask"] * 30
    saga_id = toy.begin()

    assert toy.drive(saga_id) == "parked"
    assert not [what for what in toy.effects() if what.startswith("undo")]

    toy.world.fault = []
    with transaction(toy.engine) as tx:
        assert toy.port.resume(tx, "toy", "one")
    assert toy.drive(saga_id) == "done"
    assert len(toy.world.charged) == 1


def test_not_found_is_not_believed_before_the_settling_time(toy: Toy) -> None:
    patient = Driver(toy.engine, toy.port.book, replace(QUICK, settle=3600))
    toy.world.fault = ["before"]
    saga_id = toy.begin()
    assert patient.visit(saga_id) == "unknown"
    toy.sql("UPDATE sagas SET next_at = now()")

    assert patient.visit(saga_id) == "unknown"
    assert len(toy.world.sent) == 1, "nothing was sent again"


def test_past_the_providers_memory_for_keys_nothing_is_sent_and_a_person_is_called(toy: Toy) -> None:
    toy.world.fault = ["before"]
    saga_id = toy.begin()
    toy.driver.visit(saga_id)
    toy.sql("UPDATE saga_calls SET first_sent_at = now() - interval '2 days'")

    assert toy.drive(saga_id) == "parked"
    assert len(toy.world.sent) == 1


def test_a_wait_for_somebody_outside_ends_with_a_wake(toy: Toy) -> None:
    toy.world.waiting = True
    saga_id = toy.begin()
    assert toy.driver.visit(saga_id) == "waiting"
    assert toy.driver.visit(saga_id) is None, "it is not due"

    toy.world.waiting = False
    toy.world.charged.append(f"{saga_id}:charge:1")
    with transaction(toy.engine) as tx:
        assert toy.port.wake(tx, "toy", "one")
    assert toy.driver.visit(saga_id) == "done"


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
        store.close(tx, claim, state="waiting", position=3, lines=[], lease=60, next_at=in_an_hour)

    due = toy.sql("SELECT next_at <= now() AS due FROM sagas")
    assert due[0].due


def test_a_driver_that_lost_its_lease_commits_nothing(toy: Toy) -> None:
    saga_id = toy.begin()
    with toy.engine.begin() as connection:
        stale = store.claim(connection, saga_id, owner="paused", lease=0.0, known=toy.driver.known)
    assert stale
    toy.sql("SELECT pg_sleep(0.01)")
    assert toy.driver.visit(saga_id) == "done"

    def late() -> None:
        with transaction(toy.engine) as tx:
            tx.execute(text("INSERT INTO toy_effects (what) VALUES ('zombie')"))
            store.close(tx, stale, state="done", position=6, lines=[], lease=60)

    with pytest.raises(store.Fenced):
        late()
    assert "zombie" not in toy.effects()


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

    with broken_commit(toy.engine, nth, side), pytest.raises(ConnectionResetError):
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


def test_a_version_nobody_has_is_left_alone(toy: Toy) -> None:
    saga_id = toy.begin()
    toy.sql("UPDATE sagas SET version = 99")

    assert toy.driver.visit(saga_id) is None


def test_a_stopping_driver_gives_its_saga_back_at_the_next_commit(toy: Toy) -> None:
    saga_id = toy.begin()
    sent = toy.world.sent

    class Stopping(Driver):
        def visit(self, saga_id: UUID) -> str | None:
            toy.world.breaks = {}
            return super().visit(saga_id)

    driver = Stopping(toy.engine, toy.port.book, QUICK)
    driver.leases.held = lambda _id: _stop_now(driver)  # type: ignore[method-assign,assignment]
    driver.visit(saga_id)

    assert sent == []
    assert toy.sql("SELECT lease_until FROM sagas")[0].lease_until is None
    assert toy.drive(saga_id) == "done"
    assert len(toy.world.charged) == 1


@contextmanager
def broken_commit(engine: Engine, nth: int, side: str) -> Iterator[None]:
    """The `nth` commit of this block loses its connection, before or after it took effect."""
    commit, seen = engine.dialect.do_commit, iter(range(100))

    def breaking(connection: Any) -> None:
        here = next(seen) == nth
        if here and side == "before":
            raise ConnectionResetError
        commit(connection)
        if here:
            raise ConnectionResetError

    engine.dialect.do_commit = breaking  # type: ignore[method-assign]
    try:
        yield
    finally:
        engine.dialect.do_commit = commit  # type: ignore[method-assign]


def _stop_now(driver: Driver) -> AbstractContextManager[None]:
    driver.stop()
    return nullcontext()
