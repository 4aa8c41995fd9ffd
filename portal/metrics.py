"""Prometheus behind portal.kernel.watch: every process keeps its own figures, and one of them tells all.

With PROMETHEUS_MULTIPROC_DIR set, each process writes its figures into files of that directory, and whoever is asked
adds up the files of all processes of this machine, living and dead: a count never shrinks because a process died.
No process keeps a gauge, so nothing has to be forgotten when one dies; what is so at this moment is asked of the
database and of Redis instead. Empty the directory when the whole machine starts anew. Without the variable (tests, a
single process) the figures stay in memory.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

if directory := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(directory).mkdir(parents=True, exist_ok=True)  # the library looks for it while it is imported

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portal.kernel import watch

Feed = Callable[[float], object]


class Prometheus:
    """Makes an instrument at the first value of a measure, and keeps it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._counters: dict[str, Counter] = {}
        self._histograms: dict[str, Histogram] = {}
        self._lock = Lock()

    def count(self, name: str, words: str, labels: Sequence[str], values: Sequence[str]) -> Feed:
        with self._lock:
            if name not in self._counters:
                self._counters[name] = Counter(name, words, labels, registry=self._registry)
        counter = self._counters[name]
        return counter.labels(*values).inc if labels else counter.inc

    def time(
        self, name: str, words: str, labels: Sequence[str], values: Sequence[str], bounds: Sequence[float]
    ) -> Feed:
        with self._lock:
            if name not in self._histograms:
                self._histograms[name] = Histogram(name, words, labels, registry=self._registry, buckets=bounds)
        histogram = self._histograms[name]
        return histogram.labels(*values).observe if labels else histogram.observe


OWN = CollectorRegistry()
"""This process's instruments."""
_prometheus = Prometheus(OWN)


def connect() -> None:
    """Lets this process's measures be kept."""
    watch.plug(_prometheus)


def page(*more: Collector) -> tuple[bytes, str]:
    """Everything as Prometheus reads it, and its content type; `more` answers for what is not kept by a process."""
    registry = CollectorRegistry()
    registry.register(processes())
    for collector in more:
        registry.register(collector)
    return generate_latest(registry), CONTENT_TYPE_LATEST


def processes() -> Collector:
    """What the processes of this machine have counted: all of them, or this one alone."""
    found = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return MultiProcessCollector(None, path=found) if found else OWN
