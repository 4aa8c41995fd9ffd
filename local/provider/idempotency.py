"""Carries out each Idempotency-Key once: the same request gets the stored answer, another request is refused.

In flight is a matter of memory: when the process dies, nothing is in flight any more, and what was not committed did
not happen. The answer is stored in the transaction of the effect, so there is never the one without the other.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.errors import invalid, key_in_flight, key_reused
from local.provider.moment import Moment


@dataclass(frozen=True)
class Remembered:
    """The answer stored under a key, and the id of the request that was answered first."""

    answer: Answer
    request: str


class KeysInFlight:
    """The keys whose first request has not been answered yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[str] = set()

    @contextmanager
    def held(self, key: str | None) -> Iterator[None]:
        """Raises 409 when somebody else holds the key."""
        if key is None:
            yield
            return
        if not 0 < len(key) <= 255:
            raise invalid("An Idempotency-Key has 1 to 255 characters.")
        with self._lock:
            if key in self._keys:
                raise key_in_flight(key)
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)


def fingerprint(path: str, form: list[tuple[str, str]]) -> str:
    """The same for the same endpoint with the same parameters, in whatever order they were sent."""
    return hashlib.sha256(json.dumps([path, sorted(form)]).encode()).hexdigest()


def recall(tx: Tx, moment: Moment, path: str, mark: str) -> Remembered | None:
    """Return what the key was answered before, if anything. Raises 400 when that was for another request."""
    if moment.key is None:
        return None
    tx.execute("DELETE FROM keys WHERE created_ms < ?", (moment.ms - moment.settings.key_retention_ms,))
    row = tx.execute("SELECT * FROM keys WHERE key = ?", (moment.key,)).fetchone()
    if row is None:
        return None
    if row["fingerprint"] != mark:
        raise key_reused(moment.key, path, row["path"])
    return Remembered(Answer(row["status"], json.loads(row["body"])), row["request"])


def remember(tx: Tx, moment: Moment, path: str, mark: str, answer: Answer) -> None:
    if moment.key is not None:
        tx.execute(
            "INSERT INTO keys (key, fingerprint, path, status, body, request, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (moment.key, mark, path, answer.status, json.dumps(answer.body), moment.request, moment.ms),
        )
