"""Races for the tests: everybody starts at one moment, each on a connection of their own, and every answer is timed."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier
from typing import Any

from sqlalchemy import Engine, text

from portal.kernel.db import Tx, make_engine, transaction
from portal.kernel.errors import Fact

OVERLAPS = text("""
    SELECT count(*) FROM reservations a
    JOIN reservations b ON a.resource_id = b.resource_id AND a.unit = b.unit AND a.id < b.id
    WHERE a.status <> 'CANCELLED' AND b.status <> 'CANCELLED'
      AND lower(a.during) < upper(b.during) AND lower(b.during) < upper(a.during)
""")
"""Pairs of places given twice, found by comparing bounds: no word of this is shared with the code or the constraint."""

HALVES = text("""
    SELECT count(*) FROM holds h JOIN LATERAL (
        SELECT count(*) AS rows, count(DISTINCT (status, order_id)) AS fates FROM reservations WHERE hold_id = h.id
    ) r ON true WHERE r.rows <> h.quantity OR r.fates <> 1
""")
"""Holds that do not own exactly their quantity, or whose units do not share one fate."""

Act = Callable[[Tx, int], Any]


@dataclass(frozen=True)
class Answer:
    """What one racer was told, a value or a fact, and after how many seconds."""

    value: Any
    seconds: float


@contextmanager
def clients(engine: Engine, count: int) -> Iterator[Engine]:
    """An engine with so many connections, all open before anybody starts."""
    wide = make_engine(engine.url.render_as_string(hide_password=False), pool_size=count)
    held = [wide.connect() for _ in range(count)]
    for connection in held:
        connection.close()
    yield wide
    wide.dispose()


def race(engine: Engine, count: int, act: Act, *, rounds: int = 1) -> list[Answer]:
    """Everybody acts `rounds` times, each in its own transaction. Facts are answers; any other error fails the test."""
    start = Barrier(count)

    def run(number: int) -> list[Answer]:
        start.wait()
        return [_one(wide, act, number * rounds + n) for n in range(rounds)]

    with clients(engine, count) as wide, ThreadPoolExecutor(count) as pool:
        return [answer for answers in pool.map(run, range(count)) for answer in answers]


def _one(engine: Engine, act: Act, number: int) -> Answer:
    begun = time.monotonic()
    try:
        with transaction(engine) as tx:
            value = act(tx, number)
    except Fact as fact:
        value = fact
    return Answer(value, time.monotonic() - begun)


def wrongs(engine: Engine) -> dict[str, int]:
    """What must never be in the database, counted."""
    with engine.connect() as connection:
        return {
            "overlaps": connection.execute(OVERLAPS).scalar_one(),
            "half holds": connection.execute(HALVES).scalar_one(),
        }


NOTHING_WRONG = {"overlaps": 0, "half holds": 0}
