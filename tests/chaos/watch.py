"""Measures how soon somebody goes on with a saga whose driver was killed, or whose ring was lost."""

import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from tests.chaos.answers import Notes

LOST = "ring lost"
DRIVEN = "SELECT id, epoch FROM sagas WHERE owner IS NOT NULL AND lease_until > now()"
WAITING = "SELECT id, epoch FROM sagas WHERE state = 'ready' AND epoch = 0"
MOVED = """
SELECT id FROM unnest(%s::uuid[], %s::bigint[]) AS before(id, epoch) JOIN sagas USING (id)
WHERE sagas.epoch > before.epoch OR sagas.owner IS NULL
"""


@dataclass
class Wait:
    """Some sagas, since when, why, and how soon they must be taken up."""

    epochs: dict[UUID, int]
    since: float
    why: str
    bound: float
    calm: int


@dataclass
class Watch:
    """Looks ten times a second. A wait that another blow disturbs is measured no further."""

    url: str
    notes: Notes
    took: dict[str, list[float]] = field(default_factory=dict)
    _waits: list[Wait] = field(default_factory=list)
    _blows: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _end: threading.Event = field(default_factory=threading.Event)

    def driven(self) -> dict[UUID, int]:
        return self._read(DRIVEN)

    def waiting(self) -> dict[UUID, int]:
        return self._read(WAITING)

    def disturb(self) -> None:
        """A driver or the database was taken away: open waits say nothing about the bound any more."""
        self._blows += 1

    def expect_again(self, epochs: dict[UUID, int], why: str, bound: float) -> None:
        if epochs:
            with self._lock:
                self._waits.append(Wait(epochs, time.monotonic(), why, bound, self._blows))

    def run(self) -> None:
        while not self._end.wait(0.1):
            with self._lock:
                self._waits = [wait for wait in self._waits if wait.calm == self._blows]
                waits = list(self._waits)
            for wait in waits:
                self._look(wait)

    def stop(self) -> None:
        self._end.set()

    def _look(self, wait: Wait) -> None:
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                given = [list(wait.epochs), list(wait.epochs.values())]
                moved = [row[0] for row in connection.execute(MOVED, given)]
        except psycopg.Error:
            return
        seconds = time.monotonic() - wait.since
        for saga_id in moved:
            wait.epochs.pop(saga_id)
            self.took.setdefault(wait.why, []).append(seconds)
        if wait.epochs and seconds > wait.bound + 1 and wait.calm == self._blows:
            self.notes.breaks(f"{wait.why}: {len(wait.epochs)} sagas not taken up within {wait.bound:.1f} s")
            wait.epochs.clear()
        if not wait.epochs:
            with self._lock:
                if wait in self._waits:
                    self._waits.remove(wait)

    def _read(self, statement: str) -> dict[UUID, int]:
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                return dict(connection.execute(statement).fetchall())
        except psycopg.Error:
            return {}
