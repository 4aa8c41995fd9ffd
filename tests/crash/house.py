"""A small house of real processes for crash tests: PostgreSQL, Redis, the provider, and workers to kill."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

import local.postgres
import local.provider
import local.redis
from portal import wiring
from portal.config import Settings
from portal.kernel import sagas
from portal.kernel.db import make_engine
from tests.support.database import create_database, migrate
from tests.support.nursery import Nursery, Nursling
from workers import broker as queue
from workers import doorbell
from workers.engine import SagaPort
from workers.sagas import book

LEASE = 1.0
SHORT = {
    "SAGA_LEASE": str(LEASE),
    "SAGA_SETTLE": "0.1",
    "SAGA_PACE": "0.1",
    "SAGA_RETRY_CAP": "0.2",
    "SWEEP_EVERY": "0.2",
    "PROVIDER_TIMEOUT": "2",
}
"""The same engine with short patience, so that a whole matrix fits into minutes."""


EVIDENCE = (
    "SELECT kind, key, state, position, attempts, epoch, owner, lease_until, next_at, last_error, park_reason, now()"
    " FROM sagas ORDER BY begun_at DESC LIMIT 2",
    "SELECT pid, pg_blocking_pids(pid), state, wait_event_type, wait_event, xact_start, left(query, 120)"
    " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
)


@dataclass
class House:
    """The services, and the environment that every worker gets."""

    directory: Path
    postgres: local.postgres.Postgres
    redis_url: str
    provider: local.provider.Provider
    environment: dict[str, str]
    rings: bool = True
    _workers: list[Nursling] = field(default_factory=list)
    _heir: Nursling | None = None

    def __post_init__(self) -> None:
        given: dict[str, Any] = {name.lower(): value for name, value in self.environment.items()}
        self.settings = Settings(**given)
        self.engine = make_engine(self.settings.database_url)
        self._broker = queue.make_broker(self.settings.redis_url, timeout=1.0)
        self._everything = {**os.environ, **self.environment, "JARI_PARENT_DEATH": "1"}
        self._nursery = Nursery(self._everything, self.directory / "nursery.log")
        self.plug()

    def plug(self) -> None:
        """Makes this house the one the domains of this process talk to."""
        wiring.connect(self.settings)
        sagas.plug(SagaPort(book, self._ring))

    def _ring(self, saga_id: UUID) -> None:
        if self.rings:
            doorbell.ring_for_saga(self._broker, saga_id)

    def worker(self, module: str = "workers.main", **environment: str) -> Nursling:
        """Starts a worker of one process and waits until it listens."""
        log = self.directory / f"worker-{len(self._workers)}.log"
        with log.open("wb") as out:
            command = ["dramatiq", module, "-p", "1", "-t", "2", "-Q", "sagas"]
            process = self._nursery.start(command, {**self._everything, **environment}, out)
        self._workers.append(process)
        wait_for(lambda: b"ready for action" in log.read_bytes(), 90, f"worker does not start, see {log}")
        return process

    @contextmanager
    def heir(self) -> Iterator[None]:
        """A sound worker that goes on with what was lost; it sleeps (SIGSTOP) until the next time it is needed."""
        if self._heir is None:
            self._heir = self.worker()
        os.killpg(self._heir.pid, signal.SIGCONT)
        try:
            yield
        finally:
            os.killpg(self._heir.pid, signal.SIGSTOP)

    def evidence(self) -> str:
        """Where the youngest sagas are, who holds what in the database, and what the last workers said."""
        with self.engine.connect() as connection:
            rows = [str(row) for query in EVIDENCE for row in connection.execute(text(query))]
        logs = sorted(self.directory.glob("worker-*.log"), key=lambda file: file.stat().st_mtime)[-2:]
        return "\n".join(rows + [f"{file.name}: {file.read_text()[-3000:]}" for file in logs])

    def end(self, process: Nursling) -> None:
        """Ends a worker and everything it started."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for process in self._workers:
            self.end(process)
        self._nursery.close()
        self.engine.dispose()


@contextmanager
def house(directory: Path) -> Iterator[House]:
    """The house, ready; everything it started is gone afterwards."""
    with (
        local.postgres.running(directory / "postgres", durable=False) as postgres,
        local.redis.running(directory / "redis") as redis,
        local.provider.running(directory / "provider") as provider,
    ):
        url = create_database(postgres.url, "crash")
        migrate(url)
        environment = {
            "DATABASE_URL": url,
            "REDIS_URL": redis.url,
            "STRIPE_API_BASE": provider.url,
            "TOSS_API_BASE": provider.url,
            "TOSS_WINDOW_URL": f"{provider.url}/toss/window",
            "SECRET_KEY": "a secret key that is only good for tests",
            **SHORT,
        }
        built = House(directory, postgres, redis.url, provider, environment)
        try:
            yield built
        finally:
            built.close()


def wait_for(what: Callable[[], object], seconds: float, complaint: str) -> None:
    """Waits until `what()` is true. Raises TimeoutError with the complaint."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.02)
