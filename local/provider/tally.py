"""Counts the calls since the start, by name and by what became of them."""

import threading
from collections import Counter, defaultdict

OUTCOMES = ("received", "executed", "replayed", "conflicts", "faults")


class Tally:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def count(self, call: str, outcome: str) -> None:
        with self._lock:
            self._counts[call][outcome] += 1

    def counts(self) -> dict[str, dict[str, int]]:
        with self._lock:
            return {call: {outcome: counts[outcome] for outcome in OUTCOMES} for call, counts in self._counts.items()}
