"""One client of the API: sends again with the same key what got no answer, and notes every answer by its cause."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import requests

GRACE = 4.0
"""Seconds after a blow of ours in which its traces may still be met."""


@dataclass
class Notes:
    """What happened in the trial, told by many threads."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)
    """Numbers of the orders that were answered with 202, and for what key."""
    refunds: set[str] = field(default_factory=set)
    approved: set[str] = field(default_factory=set)
    _blows: list[tuple[float, float, str]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, times: int = 1) -> None:
        with self._lock:
            self.counts[what] += times

    def breaks(self, words: str) -> None:
        with self._lock:
            self.broken.append(words)

    def blow(self, what: str, begun: float, lasting: float = 0.0) -> None:
        """We took something away at `begun`; until the end and a little later its traces have a cause."""
        with self._lock:
            self._blows.append((begun, max(time.monotonic(), begun + lasting) + GRACE, what))

    def cause(self, begun: float, ended: float) -> str | None:
        with self._lock:
            return next((what for since, until, what in self._blows if since <= ended and begun <= until), None)


class Client:
    """Somebody with a token. Each call goes to either web server."""

    def __init__(self, webs: list[str], token: str, notes: Notes, chance: Random, end: threading.Event) -> None:
        self._webs, self._notes, self._chance, self._end = webs, notes, chance, end
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> requests.Response | None:
        """The answer, after as many tries as it takes; None if the trial ended before there was one."""
        tries = 0
        while tries < 200:
            tries += 1
            begun = time.monotonic()
            try:
                answer = self._session.request(
                    method,
                    f"{self._chance.choice(self._webs)}/api/v1{path}",
                    json=body,
                    headers={"Idempotency-Key": key} if key else None,
                    timeout=15,
                )
            except requests.RequestException as error:
                self._unanswered(begun, f"{method} {path}: {type(error).__name__}")
            else:
                self._notes.count(f"answers {answer.status_code}")
                if answer.status_code < 500:
                    return answer
                self._unanswered(begun, f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            if self._end.is_set() and tries > 20:
                return None
            time.sleep(0.1 + 0.2 * self._chance.random())
        self._notes.breaks(f"{method} {path} was never answered")
        return None

    def _unanswered(self, begun: float, words: str) -> None:
        # The kill may be noted only after we have felt it.
        time.sleep(0.1)
        cause = self._notes.cause(begun, time.monotonic())
        if cause:
            self._notes.count(f"trouble by {cause}")
        else:
            self._notes.breaks(f"trouble without a cause: {words}")
