"""What a measured stretch cost: seconds, CPU of every process that took part, commits and flushes of PostgreSQL."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
import psycopg

# A backend tells the server what it did at most once a second, and again when it has been idle for that long.
STATISTICS_LAG = 1.5

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

    def per(self, count: int) -> str:
        """The cost of one of `count`, as a note says it."""
        parts = ", ".join(f"{name} {1000 * seconds / count:.2f}" for name, seconds in self.cpu.items())
        cpu = 1000 * sum(self.cpu.values()) / count
        return f"{self.commits / count:.2f} commits, {self.flushes / count:.2f} fsyncs, {cpu:.2f} ms CPU ({parts})"


@contextmanager
def measured(connection: "psycopg.Connection[tuple[object, ...]]", processes: dict[str, Iterable[int]]) -> Iterator[Cost]:
    """Measures what happens inside: the time from begin to end, and the CPU of the named process trees."""
    connection.execute("CHECKPOINT")
    time.sleep(STATISTICS_LAG)
    cost = Cost()
    commits, flushes = _counters(connection)
    cpu = {name: _cpu(pids) for name, pids in processes.items()}
    begin = time.perf_counter()
    yield cost
    cost.seconds = cost.seconds or time.perf_counter() - begin
    cost.cpu = {name: _cpu(pids) - cpu[name] for name, pids in processes.items()}
    time.sleep(STATISTICS_LAG)
    after = _counters(connection)
    cost.commits = after[0] - commits - cost.own - 2  # ours: each look at the counters
    cost.flushes = after[1] - flushes


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
