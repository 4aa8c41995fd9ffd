"""What a worker process keeps running beside its queue: the driver's leases, the sweep, and a sign of life."""

import gc
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from dramatiq.middleware import Middleware
from redis import Redis, RedisError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from portal.config import Settings
from portal.kernel import redis
from portal.kernel.db import make_engine
from workers import exposing
from workers.doorbell import SAGAS
from workers.engine import Book, Driver, Policy, Sweeper, versions

ALIVE = "jari:worker:alive:"
"""Prefix of the keys by which /readyz sees that workers live."""


def policy_of(settings: Settings) -> Policy:
    """The engine's policy as the settings say."""
    return Policy(
        lease=settings.saga_lease,
        pace=settings.saga_pace,
        cap=settings.saga_retry_cap,
        max_attempts=settings.saga_max_attempts,
        settle=settings.saga_settle,
    )


def patience(settings: Settings) -> dict[str, str]:
    """How long PostgreSQL bears with a worker's session: one that pauses inside a transaction for as long as a lease
    lasts loses it, so that its locks do not outlive its right to the saga."""
    paused = int(settings.saga_lease * 1000)
    return {"options": f"-c timezone=UTC -c idle_in_transaction_session_timeout={paused} -c statement_timeout=20000"}


class Machine(Middleware):
    """Starts with the worker process and lets every saga go when it is told to stop."""

    def __init__(self, settings: Settings, book: Book, *, hands: int = 2, connections: int = 24) -> None:
        self.settings = settings
        self.engine: Engine = make_engine(settings.database_url, pool_size=connections, connect_args=patience(settings))
        self.driver = Driver(self.engine, book, policy_of(settings))
        self.sweeper = Sweeper(self.driver, every=settings.sweep_every, hands=hands)
        self._end = threading.Event()

    def make_sure_of_versions(self, *, patience: float = 30.0) -> None:
        """Ends the process with a sentence if its tables do not fit the sagas under way; a database may be late."""
        until = time.monotonic() + patience
        while True:
            try:
                with self.engine.begin() as connection:
                    versions.check(connection, self.driver.book)
                return
            except versions.Unfit as unfit:
                raise SystemExit(f"This worker does not start.\n{unfit}") from unfit
            except OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    @property
    def forks(self) -> list[Callable[[], int]]:
        """Processes that Dramatiq's master starts once beside the pool."""
        return [exposing.serve] if self.settings.worker_metrics else []

    def before_worker_boot(self, _broker: Any, worker: Any) -> None:
        # Not by environment variables: Dramatiq has read those before our module is imported.
        # A ring is heard at once whatever this says; told to stop, a worker notices after so long.
        worker.worker_timeout = 500

    def after_worker_boot(self, _broker: Any, worker: Any) -> None:
        gc.collect()
        gc.freeze()  # what was imported stays: the collector need not look through it again and again
        if worker.consumer_whitelist is None or SAGAS in worker.consumer_whitelist:
            self.driver.leases.start()
            self.sweeper.start()
            threading.Thread(target=self._say_alive, name="alive", daemon=True).start()

    def before_worker_shutdown(self, _broker: Any, _worker: Any) -> None:
        self._end.set()
        self.driver.stop()
        if self.sweeper.running:
            self.sweeper.stop()
            self.driver.leases.stop()

    def after_worker_shutdown(self, _broker: Any, _worker: Any) -> None:
        self.engine.dispose()

    def _say_alive(self) -> None:
        client: Redis = redis.client(self.settings.redis_url)
        key = f"{ALIVE}{socket.gethostname()}:{os.getpid()}"
        while True:
            with suppress(RedisError):  # without Redis nobody reads it either
                client.set(key, b"1", ex=15)
            if self._end.wait(5):
                return
