"""The engine drives toy sagas forward in one visit, once, and lets go where it is told to."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

import pytest

from portal.kernel.db import transaction
from tests.workers.engine.conftest import QUICK, Toy
from workers.engine import Driver

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


def test_ten_who_begin_the_same_at_the_same_moment_get_one_saga(toy: Toy) -> None:
    start = threading.Barrier(10)

    def begin(_number: int) -> UUID:
        start.wait()
        return toy.begin("same")

    with ThreadPoolExecutor(10) as pool:
        begun = set(pool.map(begin, range(10)))

    assert len(begun) == 1
    assert toy.driver.visit(begun.pop()) == "done"
    assert len(toy.world.charged) == 1


def test_a_second_visit_of_a_finished_saga_does_nothing(toy: Toy) -> None:
    saga_id = toy.begin()
    toy.driver.visit(saga_id)

    assert toy.driver.visit(saga_id) is None
    assert toy.effects() == ALL


def test_whoever_heeds_a_ring_drives_all_that_is_due_and_nothing_else(toy: Toy) -> None:
    for key in ("one", "two", "three", "later"):
        toy.begin(key)
    toy.sql("UPDATE sagas SET next_at = now() + interval '1 hour' WHERE key = 'later'")

    toy.driver.heed()

    assert [toy.progress(key).state for key in ("one", "two", "three", "later")] == ["done", "done", "done", "ready"]
    assert len(toy.world.charged) == 3


def test_a_ring_for_a_saga_that_is_done_already_still_finds_the_others(toy: Toy) -> None:
    first = toy.begin("one")
    toy.driver.visit(first)
    toy.begin("two")

    toy.driver.heed()

    assert toy.progress("two").state == "done"


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
    leases: Any = driver.leases
    leases.held = lambda _id: _stop_now(driver)
    driver.visit(saga_id)

    assert sent == []
    assert toy.sql("SELECT lease_until FROM sagas")[0].lease_until is None
    assert toy.drive(saga_id) == "done"
    assert len(toy.world.charged) == 1


def _stop_now(driver: Driver) -> AbstractContextManager[None]:
    driver.stop()
    return nullcontext()
