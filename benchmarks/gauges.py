"""What a measured stretch cost: seconds, CPU of every process that took part, commits and flushes of PostgreSQL."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

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


Connection = psycopg.Connection[tuple[object, ...]]


@dataclass
class Cost:
    """Filled in when the stretch is over; `own` are the commits of the one who measures."""

    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    own: int = 1  # the checkpoint before it

    def cpu_per(self, count: int) -> str:
        """The processor time of one of `count`, as a note says it."""
        parts = ", ".join(f"{name} {1000 * seconds / count:.2f}" for name, seconds in self.cpu.items())
        return f"{1000 * sum(self.cpu.values()) / count:.2f} ms CPU ({parts})"


class Commits(NamedTuple):
    """How often the server has committed in this database, and flushed its log, since it was made."""

    commits: float
    flushes: float


@contextmanager
def measured(connection: Connection, processes: Mapping[str, Iterable[int]]) -> Iterator[Cost]:
    """Measures what happens inside: the time, and the CPU of the named process trees."""
    connection.execute("CHECKPOINT")
    cost = Cost()
    cpu = {name: _cpu(pids) for name, pids in processes.items()}
    begin = time.perf_counter()
    yield cost
    cost.seconds = cost.seconds or time.perf_counter() - begin
    cost.cpu = {name: _cpu(pids) - cpu[name] for name, pids in processes.items()}


def commits_so_far(connection: Connection) -> Commits:
    """What the server counts; waits until every idle backend has told it. Costs two commits itself."""
    time.sleep(STATISTICS_LAG)
    connection.execute("SELECT pg_stat_clear_snapshot(), pg_stat_force_next_flush()")
    row = connection.execute(COMMITS if connection.info.server_version >= 180000 else COMMITS_BEFORE_18).fetchone()
    assert row is not None
    return Commits(float(str(row[0])), float(str(row[1])))


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
