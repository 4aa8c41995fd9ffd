"""Who is measured: each runs so many sagas from the first begin to the last end, and says what they cost."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import psutil
import psycopg

from benchmarks.child import PEERS, ROOT, Child
from benchmarks.gauges import Cost, measured
from benchmarks.house import House
from benchmarks.sagas import writes
from local.process import Process

PROCESSES, THREADS = 2, 4
CLIENT_THREADS = 4

UNDER_WAY = "SELECT 1 FROM sagas WHERE state NOT IN ('done', 'compensated', 'parked') LIMIT 1"


class Side(Protocol):
    """One of those who are measured against each other."""

    name: str

    def run(self, count: int, *, commits: bool = False) -> Cost:
        """Runs `count` sagas and returns what they cost; raises if one of them did not end as it should."""
        ...


class Numbers:
    """Order numbers that nobody has used yet."""

    def __init__(self) -> None:
        self._next = 0

    def take(self, count: int) -> int:
        first = self._next
        self._next += count
        return first


class Ours:
    """The real engine: Dramatiq's own command with two processes and four threads each, and a client that begins."""

    name = "jari"

    def __init__(self, house: House, numbers: Numbers, stack: ExitStack) -> None:
        environment = {
            "DATABASE_URL": house.database_url,
            "REDIS_URL": house.redis_url,
            "JARI_PARENT_DEATH": "1",
        }
        dramatiq = Path(sys.executable).with_name("dramatiq")
        command = [
            dramatiq,
            "benchmarks.sagas.worker",
            f"--processes={PROCESSES}",
            f"--threads={THREADS}",
            "--path",
            ROOT,
        ]
        self._workers = Process(
            [str(word) for word in command],
            environment={**os.environ, **environment},
            directory=ROOT,
            output=subprocess.DEVNULL if not os.environ.get("BENCH_LOUD") else None,
        )
        stack.callback(self._workers.stop)
        self._client = Child("benchmarks.sagas.client", environment)
        stack.callback(self._client.end)
        self._connection = stack.enter_context(house.connect())
        self._house = house
        self._numbers = numbers

    def run(self, count: int, *, commits: bool = False) -> Cost:
        first = self._numbers.take(count)
        processes = {
            "workers": [self._workers.pid],
            "client": [self._client.pid],
            "postgres": [self._house.postgres_pid],
            "redis": [self._house.redis_pid],
        }
        with measured(self._connection, processes, commits=commits) as cost:
            self._client.tell(first=first, count=count, threads=CLIENT_THREADS)
            self._client.wait()
            cost.own = self._wait_until_done()
        check(self._connection, first, count)
        return cost

    def trickle(self, count: int, every: float) -> list[tuple[float, float]]:
        """Begins one saga `every` so many seconds; per saga the seconds from begin to first step, and to the end."""
        first = self._numbers.take(count)
        self._client.tell(first=first, count=count, threads=CLIENT_THREADS, every=every)
        self._client.wait()
        self._wait_until_done()
        rows = self._connection.execute(
            """
            SELECT extract(epoch FROM o.created_at - s.begun_at), extract(epoch FROM s.ended_at - s.begun_at)
            FROM sagas AS s JOIN bench_orders AS o ON o.id = s.key::bigint
            WHERE s.kind = 'plain' AND o.id >= %s ORDER BY o.id
            """,
            [first],
        ).fetchall()
        return [(float(str(started)), float(str(ended))) for started, ended in rows]

    def _wait_until_done(self) -> int:
        """Looks every 20 ms, through the small index of what is under way; returns how often: each look is a commit."""
        for looks in range(1, 10_000):
            if not self._connection.execute(UNDER_WAY).fetchall():
                return looks
            time.sleep(0.02)
        raise RuntimeError("some sagas did not end")


class Dbos:
    """DBOS in two processes, each calling its workflows on four threads."""

    def __init__(self, style: str, house: House, numbers: Numbers, stack: ExitStack) -> None:
        self.name = f"dbos-{style}"
        self._children = []
        for index in range(PROCESSES):
            environment = {"DATABASE_URL": house.database_url, "STYLE": style, "EXECUTOR": f"{style}-{index}"}
            child = Child("benchmarks.sagas.dbos_app", environment, python=PEERS)
            stack.callback(child.end)
            self._children.append(child)
        self._connection = stack.enter_context(house.connect())
        self._house = house
        self._numbers = numbers

    def run(self, count: int, *, commits: bool = False) -> Cost:
        share = count // PROCESSES
        first = self._numbers.take(share * PROCESSES)
        processes = {"workers": [child.pid for child in self._children], "postgres": [self._house.postgres_pid]}
        with measured(self._connection, processes, commits=commits) as cost:
            for index, child in enumerate(self._children):
                child.tell(first=first + index * share, count=share)
            for child in self._children:
                child.wait()
        check(self._connection, first, share * PROCESSES)
        return cost


def check(connection: "psycopg.Connection[tuple[object, ...]]", first: int, count: int) -> None:
    """Raises unless each of these orders has all its six writes, each once."""
    row = connection.execute(writes.COUNT_COMPLETE, {"first": first}).fetchone()
    if row is None or row[0] != count:
        raise RuntimeError(f"{count} sagas ran, {row and row[0]} left all their writes")


def cores() -> int:
    """How many processors all of them share."""
    return psutil.cpu_count() or 1
