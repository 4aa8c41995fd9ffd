"""Who is measured: each runs so many sagas from the first begin to the last end, and says what they cost."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import psutil

from benchmarks.child import PEERS, ROOT, Child
from benchmarks.gauges import Cost, measured
from benchmarks.house import House
from local.process import Process

PROCESSES, THREADS = 2, 4
CLIENT_THREADS = 4

UNDER_WAY = "SELECT 1 FROM sagas WHERE next_at IS NOT NULL LIMIT 1"

# The first line of the log is written with its step; the end is the transaction that made it so.
LATENCIES = """
SELECT extract(epoch FROM (SELECT min(at) FROM saga_steps WHERE saga_id = sagas.id) - begun_at),
       extract(epoch FROM ended_at - begun_at)
FROM sagas WHERE begun_at > %s
"""


class Side(Protocol):
    """One of those who are measured against each other."""

    name: str

    def run(self, count: int) -> Cost:
        """Runs `count` sagas and returns what they cost; raises if one of them did not end as it should."""
        ...


class Work(Protocol):
    """The sagas that are run, the same for every side; `benchmarks.sagas.<name>` has the processes that run them."""

    name: str
    house: House
    commits_ahead: int
    """How many commits making one ready takes, before the clock starts."""

    def take(self, count: int) -> dict[str, Any]:
        """The next `count` of them, made ready, as the processes take them."""
        ...

    def check(self, taken: dict[str, Any]) -> None:
        """Raises if one of them did not end as it should."""
        ...


class Ours:
    """The real engine: Dramatiq's own command with two processes and four threads each, and a client that begins."""

    name = "jari"

    def __init__(self, work: Work, stack: ExitStack) -> None:
        house = work.house
        environment = {"DATABASE_URL": house.database_url, "REDIS_URL": house.redis_url, "JARI_PARENT_DEATH": "1"}
        dramatiq = Path(sys.executable).with_name("dramatiq")
        size = [f"--processes={PROCESSES}", f"--threads={THREADS}"]
        self._workers = Process(
            [str(dramatiq), f"benchmarks.sagas.{work.name}.worker", "--path", str(ROOT), *size],
            environment={**os.environ, **environment},
            directory=ROOT,
            output=None if os.environ.get("BENCH_LOUD") else subprocess.DEVNULL,
        )
        stack.callback(self._workers.stop)
        self._client = Child(f"benchmarks.sagas.{work.name}.client", environment)
        stack.callback(self._client.end)
        self._connection = stack.enter_context(house.connect())
        self._work = work

    def run(self, count: int) -> Cost:
        taken = self._work.take(count)
        processes = {
            "workers": [self._workers.pid],
            "client": [self._client.pid],
            "postgres": [self._work.house.postgres_pid],
            "redis": [self._work.house.redis_pid],
        }
        with measured(self._connection, processes) as cost:
            cost.own += self._begin(taken) + count * self._work.commits_ahead
        self._work.check(taken)
        return cost

    def trickle(self, count: int, every: float) -> list[tuple[float, float]]:
        """Begins one saga `every` so many seconds; per saga the seconds from begin to first step, and to the end."""
        since = self._connection.execute("SELECT clock_timestamp()").fetchone()
        self._begin(self._work.take(count), every=every)
        rows = self._connection.execute(LATENCIES, since).fetchall()
        return [(float(str(started)), float(str(ended))) for started, ended in rows]

    def _begin(self, taken: dict[str, Any], **how: Any) -> int:
        """Has them begun and waits for their end; looks every 20 ms, and returns how often: each look is a commit."""
        self._client.tell(**taken, **how, threads=CLIENT_THREADS)
        self._client.wait()
        for looks in range(1, 10_000):
            if not self._connection.execute(UNDER_WAY).fetchall():
                return looks
            time.sleep(0.02)
        raise RuntimeError("some sagas did not end")


class Dbos:
    """DBOS in two processes, each calling its workflows on four threads."""

    def __init__(self, style: str, work: Work, stack: ExitStack) -> None:
        self.name = f"dbos-{style}"
        self._children = []
        for index in range(PROCESSES):
            environment = {"DATABASE_URL": work.house.database_url, "STYLE": style, "EXECUTOR": f"{style}-{index}"}
            child = Child(f"benchmarks.sagas.{work.name}.dbos_app", environment, python=PEERS)
            stack.callback(child.end)
            self._children.append(child)
        self._connection = stack.enter_context(work.house.connect())
        self._work = work

    def run(self, count: int) -> Cost:
        shares = [self._work.take(count // PROCESSES) for _ in self._children]
        processes = {"workers": [child.pid for child in self._children], "postgres": [self._work.house.postgres_pid]}
        with measured(self._connection, processes) as cost:
            cost.own += count * self._work.commits_ahead
            for child, share in zip(self._children, shares, strict=True):
                child.tell(**share)
            for child in self._children:
                child.wait()
        for share in shares:
            self._work.check(share)
        return cost


def cores() -> int:
    """How many processors all of them share."""
    return psutil.cpu_count() or 1
