"""A worker hears a ring at once and hardly asks; what it has no hand for stays where another worker finds it."""

import threading
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import dramatiq
import pytest
from dramatiq.errors import ConnectionClosed
from redis import Redis

from tests.journeys.house import wait_for
from workers import actors, doorbell
from workers import broker as queue
from workers.doorbell import SAGAS
from workers.listening import ListeningBroker

LONG = 1500
"""Milliseconds a listener listens before it looks up."""


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    client = Redis.from_url(redis_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def broker(redis: Redis, redis_url: str) -> ListeningBroker:
    return queue.make_broker(redis_url)


@pytest.fixture
def asked(redis: Redis) -> Callable[[], int]:
    """How many commands Redis has answered."""
    return lambda: int(redis.info("stats")["total_commands_processed"])


def test_a_ring_is_heard_while_it_is_waited_for(broker: ListeningBroker) -> None:
    consumer, rung = broker.consume(SAGAS, prefetch=2, timeout=LONG), uuid4()
    ring = threading.Timer(0.2, doorbell.ring_for_saga, (broker, rung))
    ring.start()
    began = time.monotonic()

    message = next(consumer)
    ring.join()

    assert message.args[0] == str(rung)
    assert 0.1 < time.monotonic() - began < LONG / 2000


def test_whoever_hears_nothing_looks_up_after_a_while(broker: ListeningBroker) -> None:
    consumer = broker.consume(SAGAS, prefetch=2, timeout=100)
    began = time.monotonic()

    assert next(consumer) is None
    assert 0.09 < time.monotonic() - began < 1


def test_rings_are_heard_in_their_order_and_each_once(broker: ListeningBroker) -> None:
    rung = [uuid4() for _ in range(5)]
    for saga_id in rung:
        doorbell.ring_for_saga(broker, saga_id)
    consumer = broker.consume(SAGAS, prefetch=2, timeout=50)
    heard = []
    for _ in rung:
        heard.append(next(consumer))
        consumer.ack(heard[-1])

    assert [message.args[0] for message in heard] == [str(saga_id) for saga_id in rung]
    assert next(consumer) is None


def test_hands_that_are_full_leave_the_rest_to_others(broker: ListeningBroker, redis_url: str) -> None:
    for _ in range(3):
        doorbell.ring_for_saga(broker, uuid4())
    full = broker.consume(SAGAS, prefetch=2, timeout=LONG)
    carried = [next(full), next(full)]
    began = time.monotonic()

    assert next(full) is None
    assert 0.04 < time.monotonic() - began < 0.5, "it neither spins nor sleeps until it must look up"
    other = queue.make_broker(redis_url).consume(SAGAS, prefetch=2, timeout=LONG)
    assert next(other) is not None
    full.ack(carried[0])
    doorbell.ring_for_saga(broker, uuid4())
    assert next(full) is not None


def test_an_idle_worker_hardly_asks_and_does_what_it_is_rung_for(
    broker: ListeningBroker, asked: Callable[[], int]
) -> None:
    heard: list[str] = []
    actors.declare(broker, heed=lambda: heard.append("saga"), deliver=lambda: heard.append("mail"))
    worker = dramatiq.Worker(broker, worker_threads=1, worker_timeout=500)
    worker.start()
    try:
        assert set(worker.consumers) == {"sagas", "mail"}, "and none for what is delayed: nothing is"
        before = asked()
        time.sleep(1)
        assert asked() - before < 30
        doorbell.ring_for_mail(broker)
        doorbell.ring_for_saga(broker, uuid4())
        wait_for(lambda: sorted(heard) == ["mail", "saga"], 5, "a ring was not heard")
    finally:
        worker.stop()


def test_a_redis_that_is_away_is_told_as_dramatiq_expects(redis: Redis, broker: ListeningBroker) -> None:
    consumer = broker.consume(SAGAS, prefetch=2, timeout=LONG)
    hang_up = threading.Timer(0.2, redis.client_kill_filter, kwargs={"_type": "normal", "skipme": True})
    hang_up.start()
    with pytest.raises(ConnectionClosed):
        next(consumer)
    hang_up.join()
