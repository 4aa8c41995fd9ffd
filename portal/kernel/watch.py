"""What is counted and timed, said where it happens and without knowing who listens.

A measure is declared once, as a constant of the module that knows it, and fed on hot paths: until somebody is plugged
in (portal/metrics.py) it does nothing, afterwards a call costs a microsecond or two.

    REFUSED = Count("jari_sign_ins_refused_total", "Sign-ins that were refused.", "factor")
    REFUSED.add("password")
"""

from collections.abc import Callable, Sequence
from typing import Protocol

Feed = Callable[[float], object]

QUICK = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Bounds in seconds for what a person may be waiting for."""


class Listener(Protocol):
    """Who keeps the figures. Both answer with the function that takes one series' values."""

    def count(self, name: str, words: str, labels: Sequence[str], values: Sequence[str]) -> Feed: ...

    def time(
        self, name: str, words: str, labels: Sequence[str], values: Sequence[str], bounds: Sequence[float]
    ) -> Feed: ...


_listener: Listener | None = None


def plug(listener: Listener) -> None:
    """Connects who keeps the figures of this process; before any measure is fed, or it misses those values."""
    global _listener
    _listener = listener


class Count:
    """Something that happens. `labels` name what tells one series from another; keep their values few."""

    def __init__(self, name: str, words: str, *labels: str) -> None:
        self.name, self.words, self.labels = name, words, labels
        self._series: dict[tuple[str, ...], Feed] = {}

    def add(self, *values: str, by: float = 1.0) -> None:
        """It happened; `values` belong to the labels, in order."""
        feed = self._series.get(values)
        if feed is None:
            if _listener is None:
                return
            feed = self._series[values] = _listener.count(self.name, self.words, self.labels, values)
        feed(by)


class Timer:
    """Something that takes time, in seconds."""

    def __init__(self, name: str, words: str, *labels: str, bounds: Sequence[float] = QUICK) -> None:
        self.name, self.words, self.labels, self.bounds = name, words, labels, bounds
        self._series: dict[tuple[str, ...], Feed] = {}

    def took(self, seconds: float, *values: str) -> None:
        """It took so long; `values` belong to the labels, in order."""
        feed = self._series.get(values)
        if feed is None:
            if _listener is None:
                return
            feed = self._series[values] = _listener.time(self.name, self.words, self.labels, values, self.bounds)
        feed(seconds)
