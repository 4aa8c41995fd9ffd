"""The sweep finds what no doorbell told of, and leaves alone what is in good hands."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.workers.engine.conftest import QUICK, Toy
from workers.engine import Driver, Sweeper, store


@pytest.fixture
def sweeper(toy: Toy) -> Iterator[Sweeper]:
    sweeper = Sweeper(toy.driver, every=0.02, grace=0.0)
    sweeper.start()
    yield sweeper
    sweeper.stop()


def test_a_saga_whose_doorbell_was_never_heard_is_driven(toy: Toy, sweeper: Sweeper) -> None:
    toy.begin()

    assert wait_for(lambda: toy.progress().state == "done")


def test_a_saga_whose_driver_died_is_taken_over_when_the_lease_is_over(toy: Toy, sweeper: Sweeper) -> None:
    with toy.engine.begin() as connection:
        tx = _session(connection)
        toy.port.begin(tx, "toy", "one", {"name": "one"})
        store.claim(connection, toy.id_of(tx, "one"), owner="dead", lease=0.3, known=toy.driver.known)

    assert wait_for(lambda: toy.progress().state == "done")
    assert len(toy.world.charged) == 1


def test_retries_happen_by_the_sweep_alone(toy: Toy, sweeper: Sweeper) -> None:
    toy.world.breaks = {"third": 2}
    toy.world.fault = ["after"]
    toy.begin()

    assert wait_for(lambda: toy.progress().state == "done")
    assert len(toy.world.charged) == 1


def test_a_new_saga_is_left_to_its_doorbell_for_a_moment(toy: Toy) -> None:
    toy.begin()

    assert Sweeper(toy.driver, grace=60.0).sweep() == 0
    assert Sweeper(toy.driver, grace=0.0).sweep() == 1


def test_a_lease_is_renewed_while_its_saga_is_driven(toy: Toy) -> None:
    driver = Driver(toy.engine, toy.port.book, replace(QUICK, lease=0.6))
    saga_id = toy.begin()
    with toy.engine.begin() as connection:
        store.claim(connection, saga_id, owner=driver.owner, lease=0.6, known=driver.known)
    driver.leases.start()
    with driver.leases.held(saga_id):
        time.sleep(1.0)
        assert toy.driver.visit(saga_id) is None
    driver.leases.stop()


def wait_for(what: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def _session(connection: Connection) -> Session:
    return Session(connection, join_transaction_mode="control_fully")
