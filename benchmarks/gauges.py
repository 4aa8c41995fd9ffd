"""What a measured stretch cost: seconds, CPU of every process that took part, commits and flushes of PostgreSQL."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
import psycopg

# An idle backend that has just told the server what it did tells the rest only ten seconds later.
STATISTICS_LAG = 10.5

COMMITS = """
SELECT (SELECT sum(xact_commit) FROM pg_stat_database WHERE datname = current_database())::float,
       (SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal' AND context = 'normal')::float
"""
COMMITS_BEFORE_18 = """
SELECT (SELECT sum(xact_commit) FROM pg_stat_database WHERE datname = current_database())::float,
       (SELECT wal_sync FROM pg_stat_wal)::float
"""


@dataclass
class Cost:
    """Filled in when the stretch is over; `own` are the commits of the one who measures."""

    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    commits: float = 0.0
    flushes: float = 0.0
    own: int = 0

    def cpu_per(self, count: int) -> str:
        """The processor time of one of `count`, as a note says it."""
        parts = ", ".join(f"{name} {1000 * seconds / count:.2f}" for name, seconds in self.cpu.items())
        return f"{1000 * sum(self.cpu.values()) / count:.2f} ms CPU ({parts})"

    def commits_per(self, count: int) -> str:
        """The commits of one of `count`; those that flush together share one fsync."""
        return f"{self.commits / count:.1f} commits and {self.flushes / count:.1f} fsyncs of the log"


@contextmanager
def measured(
    connection: "psycopg.Connection[tuple[object, ...]]",
    processes: Mapping[str, Iterable[int]],
    *,
    commits: bool = False,
) -> Iterator[Cost]:
    """Measures what happens inside: time, CPU of the named process trees, and (slowly, for the wait) `commits`."""
    connection.execute("CHECKPOINT")
    cost = Cost()
    before = _settled(connection) if commits else (0.0, 0.0)
    cpu = {name: _cpu(pids) for name, pids in processes.items()}
    begin = time.perf_counter()
    yield cost
    cost.seconds = cost.seconds or time.perf_counter() - begin
    cost.cpu = {name: _cpu(pids) - cpu[name] for name, pids in processes.items()}
    if commits:
        after = _settled(connection)
        cost.commits = after[0] - before[0] - cost.own - 2  # ours: two looks at the counters
        cost.flushes = after[1] - before[1]


def _settled(connection: "psycopg.Connection[tuple[object, ...]]") -> tuple[float, float]:
    time.sleep(STATISTICS_LAG)
    return _counters(connection)


def _counters(connection: "psycopg.Connection[tuple[object, ...]]") -> tuple[float, float]:
    connection.execute("SELECT pg_stat_clear_snapshot(), pg_stat_force_next_flush()")
    row = connection.execute(COMMITS if connection.info.server_version >= 180000 else COMMITS_BEFORE_18).fetchone()
    assert row is not None
    return float(str(row[0])), float(str(row[1]))


def _cpu(roots: Iterable[int]) -> float:
    """User and system seconds of these processes and all their children, those that have ended included."""
    total = 0.0
    for root in roots:
        try:
            process = psutil.Process(root)
            family = [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for one in family:
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system + times.children_user + times.children_system
    return total
