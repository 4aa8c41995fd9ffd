"""Keeps the leases of a process: one statement renews all its sagas, so that a slow provider loses nobody a saga."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from portal.kernel import log
from workers.engine import store


class Leases:
    """The sagas a driver holds right now, renewed at a third of the lease by a thread of its own."""

    def __init__(self, engine: Engine, owner: str, lease: float) -> None:
        self.engine = engine
        self.owner = owner
        self.lease = lease
        self._held: set[UUID] = set()
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._log = log.get("leases")

    @contextmanager
    def held(self, saga_id: UUID) -> Iterator[None]:
        """The saga is being driven; its lease is renewed until the block ends."""
        with self._lock:
            self._held.add(saga_id)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(saga_id)

    def start(self) -> None:
        """Begins renewing, until `stop`."""
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        if self._thread:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._end.wait(self.lease / 3):
            with self._lock:
                ids = list(self._held)
            if not ids:
                continue
            try:
                with self.engine.begin() as connection:
                    store.renew(connection, ids=ids, owner=self.owner, lease=self.lease)
            except SQLAlchemyError as error:
                # The lease runs on; the next round, or another driver after its end, takes over.
                self._log.warning("could not renew leases", error=str(error))
