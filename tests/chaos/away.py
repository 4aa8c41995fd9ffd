"""When which part of the house was struck, and when it was seen well again: the only excuse for trouble of others."""

import math
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime

CONNECTIONS = "connections"
POSTGRES = "postgres"
REDIS = "redis"
RINGS = "rings"
"""What lay in Redis: gone when it is emptied, though Redis itself was never away."""


class Away:
    """Told by whoever strikes, and by whoever gets an answer; asked by everybody. All times are of time.monotonic()."""

    def __init__(self) -> None:
        self._spans: dict[str, list[list[float]]] = defaultdict(list)
        self._lock = threading.Lock()
        self._wall = time.time() - time.monotonic()

    def strike(self, part: str) -> None:
        """From now on, until it is well; to be called before the blow falls."""
        with self._lock:
            if not self._is_open(part):
                self._spans[part].append([time.monotonic(), math.inf])

    def well(self, part: str, *, since: float | None = None) -> None:
        """It does its work again. `since`: when the question was asked that it answered; older blows only."""
        with self._lock:
            if self._is_open(part) and (since is None or self._spans[part][-1][0] < since):
                self._spans[part][-1][1] = time.monotonic()

    def now(self, part: str) -> bool:
        with self._lock:
            return self._is_open(part)

    def was(self, part: str, since: float, until: float, *, after: float = 0.0) -> bool:
        """At any moment between these two; for `after` seconds more a blow may still be felt."""
        with self._lock:
            return any(begun <= until and since <= ended + after for begun, ended in self._spans[part])

    def moment(self, told: datetime) -> float:
        """A time as logs and the database tell it, as one of ours."""
        return told.astimezone(UTC).timestamp() - self._wall

    def _is_open(self, part: str) -> bool:
        return bool(self._spans[part]) and self._spans[part][-1][1] == math.inf
