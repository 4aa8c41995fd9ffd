"""Redis may be emptied at any moment: what was rung for, what is being driven and what waits for later all end."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis

from portal.kernel.db import Tx
from portal.kernel.steps import Call
from tests.workers.engine.conftest import Toy
from tests.workers.engine.test_sweep import wait_for
from workers import broker as queue
from workers import doorbell
from workers.engine import SagaPort, Sweeper


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    client.close()


@pytest.fixture
def rung(toy: Toy, redis: Redis, redis_url: str) -> Callable[[], int]:
    """The toy rings a real bell; how many rings lie in Redis."""
    broker = queue.make_broker(redis_url)
    redis.flushall()
    toy.port = SagaPort(toy.port.book, lambda saga_id: doorbell.ring_for_saga(broker, saga_id))
    return lambda: redis.llen("dramatiq:sagas")


def swept(toy: Toy) -> bool:
    """Nobody but the sweep looks."""
    sweeper = Sweeper(toy.driver, every=0.02, grace=0.05)
    sweeper.start()
    try:
        return wait_for(lambda: toy.progress().ended)
    finally:
        sweeper.stop()


def test_what_was_rung_for_and_not_heard_is_driven(toy: Toy, redis: Redis, rung: Callable[[], int]) -> None:
    toy.begin()
    assert rung() == 1
    redis.flushall()

    assert swept(toy)
    assert rung() == 0
    assert len(toy.world.charged) == 1


def test_what_is_being_driven_goes_on(toy: Toy, redis: Redis, rung: Callable[[], int]) -> None:
    charge = toy.port.book.newest("toy").steps[3].external
    assert charge

    def intend(tx: Tx, key: str, name: str) -> Any:
        redis.flushall()
        return charge.intend(tx, key, name)

    def send(call: Call, key: str) -> Any:
        redis.flushall()
        return charge.send(call, key)

    def ask(call: Call, key: str) -> Any:
        redis.flushall()
        return charge.ask(call, key)

    toy.world.fault = ["after"]
    emptied = toy.with_call(intend=intend, send=send, ask=ask)
    emptied.begin()

    assert swept(emptied)
    assert len(toy.world.charged) == 1


@pytest.mark.parametrize("trouble", ["a call without an answer", "a step that breaks", "a customer who takes time"])
def test_what_waits_for_later_is_not_forgotten(toy: Toy, redis: Redis, rung: Callable[[], int], trouble: str) -> None:
    toy.world.fault = ["after"] if trouble == "a call without an answer" else []
    toy.world.breaks = {"third": 1} if trouble == "a step that breaks" else {}
    toy.world.waiting = trouble == "a customer who takes time"
    saga_id = toy.begin()
    toy.driver.visit(saga_id)
    redis.flushall()
    if toy.world.waiting:
        toy.world.waiting = False
        toy.sql("UPDATE sagas SET next_at = now()")  # the time of the customer is over

    assert swept(toy)
    assert len(toy.world.charged) == 1
