"""What happened in the trial, told by many threads."""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Notes:
    """Counts, what customers and staff were promised, and every promise that was broken, in words."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)
    """Numbers of the orders that were answered with 202, and under what key they were sent."""
    refunds: set[str] = field(default_factory=set)
    approved: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, times: int = 1) -> None:
        with self._lock:
            self.counts[what] += times

    def breaks(self, words: str) -> None:
        with self._lock:
            self.broken.append(words)
