"""A deploy that changes a saga: what is under way goes on by its own table, or the worker will not start."""

import os
import subprocess
import sys
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Engine

from portal.config import Settings
from tests.workers.engine.conftest import QUICK, Toy
from workers.engine import Book, Driver, Retry, Saga, SagaPort, versions


@dataclass(frozen=True)
class Longer:
    name: str
    more: int = 0


def check(database: Engine, *sagas: Saga) -> None:
    with database.begin() as connection:
        versions.check(connection, Book(sagas))


def test_a_running_saga_is_finished_by_its_own_version_beside_a_newer_one(toy: Toy, toy_saga: Saga) -> None:
    old = toy.begin("old")
    newer = replace(toy_saga, version=2, steps=toy_saga.steps[:2])
    book = Book([toy_saga, newer])
    port, driver = SagaPort(book, lambda _id: None), Driver(toy.engine, book, QUICK)
    new = Toy(toy.engine, toy.world, port, driver, []).begin("new")

    check(toy.engine, toy_saga, newer)
    assert driver.visit(old) == "done"
    assert driver.visit(new) == "done"

    lines = toy.sql("SELECT key, version, count(*) AS lines FROM sagas JOIN saga_steps ON saga_id = id GROUP BY 1, 2")
    assert sorted(lines) == [("new", 2, 2), ("old", 1, 6)]


def test_a_version_under_way_that_the_code_lost_stops_the_start(toy: Toy, toy_saga: Saga) -> None:
    toy.begin()

    with pytest.raises(versions.Unfit, match="1 toy saga is under way by version 1"):
        check(toy.engine, replace(toy_saga, version=2))


def test_a_parked_saga_counts_as_under_way(toy: Toy, toy_saga: Saga) -> None:
    toy.world.breaks = {"third": 99}
    assert toy.drive(toy.begin()) == "parked"

    with pytest.raises(versions.Unfit):
        check(toy.engine, replace(toy_saga, version=2))


@pytest.mark.parametrize("change", ["a step less", "another command"])
def test_a_table_changed_under_its_running_sagas_stops_the_start(toy: Toy, toy_saga: Saga, change: str) -> None:
    changed = {
        "a step less": replace(toy_saga, steps=toy_saga.steps[:-1]),
        "another command": replace(toy_saga, command=Longer),
    }[change]
    check(toy.engine, toy_saga)
    saga_id = toy.begin()

    with pytest.raises(versions.Unfit, match="has changed while 1 of its sagas is under way"):
        check(toy.engine, changed)

    toy.drive(saga_id)
    check(toy.engine, changed)


def test_more_patience_is_no_change_of_a_table(toy: Toy, toy_saga: Saga) -> None:
    check(toy.engine, toy_saga)
    toy.begin()

    check(toy.engine, replace(toy_saga, steps=tuple(replace(step, retry=Retry(first=9)) for step in toy_saga.steps)))


def test_a_worker_that_does_not_fit_says_so_and_ends(database: Engine, settings: Settings) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sagas (id, kind, version, key, command)"
            " VALUES ('00000000-0000-7000-8000-000000000001', 'payment', 77, 'JR-1', '{}')"
        )
    environment = os.environ | {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}

    start = [sys.executable, "-c", "import workers.main"]
    ended = subprocess.run(start, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 1
    assert "1 payment saga is under way by version 77" in ended.stderr
    assert "Traceback" not in ended.stderr
