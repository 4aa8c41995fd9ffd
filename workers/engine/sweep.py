"""The sweep: looks for sagas that nobody was told of, whose time has come, or whose driver died, and drives them.

It works without Redis: losing every doorbell costs a second or two, never a saga.
"""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from portal.kernel import log
from workers.engine import figures, store
from workers.engine.driver import Driver


class Sweeper:
    """A thread that looks every `every` seconds and a few hands that drive what it finds."""

    def __init__(self, driver: Driver, *, every: float = 1.0, hands: int = 2, grace: float = 1.0) -> None:
        self.driver = driver
        self.every = every
        self.grace = grace
        self.hands = hands
        self._busy: set[UUID] = set()
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._pool = ThreadPoolExecutor(hands, thread_name_prefix="sweep")
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)
        self.running = False
        self._log = log.get("sweep")

    def start(self) -> None:
        """Begins sweeping, until `stop`."""
        self.running = True
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join(timeout=5)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def sweep(self) -> int:
        """Looks once and hands out what it found; returns how many."""
        free = self.hands * 2 - len(self._busy)
        if free <= 0:
            return 0
        with self.driver.engine.connect() as connection:
            found = store.due(connection, known=self.driver.known, grace=self.grace, limit=free)
            connection.commit()  # not rolled back: after a rollback psycopg forgets every statement it has prepared
        for saga_id, why in found:
            with self._lock:
                if saga_id in self._busy:
                    continue
                self._busy.add(saga_id)
            self._pool.submit(self._drive, saga_id, why)
        return len(found)

    def _drive(self, saga_id: UUID, why: str) -> None:
        try:
            if self.driver.visit(saga_id) is not None:
                figures.RESCUES.add(why)
        except Exception as error:
            # A broken visit leaves its saga to the lease; the sweep itself must live on.
            self._log.error("visit broke", saga=str(saga_id), error=str(error))
        finally:
            with self._lock:
                self._busy.discard(saga_id)

    def _run(self) -> None:
        while not self._end.wait(self.every * random.uniform(0.75, 1.25)):  # noqa: S311  # keeps processes out of step
            try:
                while self.sweep() and not self._end.is_set():
                    if self._end.wait(0.05):
                        return
            except SQLAlchemyError as error:
                self._log.warning("could not look", error=str(error))
