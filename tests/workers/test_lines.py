"""A real ticker looks after waiting lists; killed at any moment, it leaves whole offers and loses none."""

import os
import random
import subprocess
import sys
import time
from functools import partial
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from portal.config import Settings
from portal.domains import waiting
from portal.domains.waiting import Entry, Line
from portal.kernel.db import Tx, transaction
from tests.journeys.house import wait_for
from tests.portal.domains.reservations.racing import NOTHING_WRONG, wrongs
from tests.portal.domains.waiting.full import HOW, full
from workers import failing, lines
from workers.lines import Looking

STATES = text("SELECT state FROM waiting_entries ORDER BY joined_at, id")


def ticker(settings: Settings) -> subprocess.Popen[bytes]:
    environment = os.environ | {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    return subprocess.Popen([sys.executable, "-m", "workers.ticker"], env=environment)


def states(database: Engine) -> list[str]:
    with database.connect() as connection:
        return list(connection.execute(STATES).scalars())


def more_than(database: Engine, before: int) -> bool:
    return states(database).count("offered") > before


def test_a_place_that_becomes_free_is_offered_within_seconds_and_passes_on_when_it_is_not_taken(
    database: Engine, settings: Settings
) -> None:
    with transaction(database) as tx:
        course = full(tx, places=1, waiters=2)
        course.join(tx, 0)
        course.join(tx, 1)
    running = ticker(settings)
    try:
        with transaction(database) as tx:
            course.free(tx)
        wait_for(lambda: states(database) == ["offered", "waiting"], 40, "nobody was offered the place")
        with transaction(database) as tx:
            tx.execute(text("UPDATE reservations SET expires_at = clock_timestamp() WHERE status = 'PENDING'"))
        wait_for(lambda: states(database) == ["missed", "offered"], 40, "it did not pass on")
    finally:
        running.terminate()
        assert running.wait(10) == 0


def test_a_ticker_killed_at_any_moment_leaves_whole_offers_and_the_next_goes_on(
    database: Engine, settings: Settings
) -> None:
    places, chance = 30, random.Random(11)
    with transaction(database) as tx:
        course = full(tx, places=places, waiters=places + 5)
        for who in range(places + 5):
            course.join(tx, who)
        course.free(tx, places)
    for _ in range(3):
        before = states(database).count("offered")
        running = ticker(settings)
        wait_for(partial(more_than, database, before), 40, "nobody was offered a place")
        time.sleep(chance.uniform(0, 0.03))
        running.kill()
        running.wait()
        if "waiting" not in states(database)[:places]:
            break
    looking = Looking(partial(transaction, database), **HOW)
    while looking.look():
        pass
    assert states(database) == ["offered"] * places + ["waiting"] * 5
    assert wrongs(database) == NOTHING_WRONG
    with database.connect() as connection:
        mails = "SELECT count(DISTINCT account_id) FROM mails WHERE template = 'waiting_offer'"
        assert connection.execute(text(mails)).scalar_one() == places


def test_a_look_goes_on_where_the_one_before_ended(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(database) as tx:
        several = [full(tx, places=1, waiters=1) for _ in range(5)]
        for one in several:
            one.join(tx, 0)
            one.free(tx)
    monkeypatch.setattr(lines, "LINES_A_LOOK", 2)
    looking = Looking(partial(transaction, database), **HOW)
    assert [looking.look() for _ in range(4)] == [2, 2, 1, 0]


def breaking(monkeypatch: pytest.MonkeyPatch, error: Exception, only: Line | None = None) -> list[Line]:
    """Offers in the line `only`, or in every line, fail with this error. The lines that were tried, as they are."""
    tried, offer_next = [], waiting.offer_next

    def broken(tx: Tx, line: Line, **how: Any) -> Entry | None:
        tried.append(line)
        if only in (None, line):
            raise error
        return offer_next(tx, line, **how)

    monkeypatch.setattr(waiting, "offer_next", broken)
    return tried


def several(database: Engine, count: int) -> list[Line]:
    """Lines of one with a place that is free, in the order of a look."""
    with transaction(database) as tx:
        for one in [full(tx, places=1, waiters=1) for _ in range(count)]:
            one.join(tx, 0)
            one.free(tx)
        return waiting.lines(tx, after=None, limit=count)


@pytest.mark.parametrize("error", [RuntimeError("broken"), psycopg.errors.DeadlockDetected("crossed")])
def test_a_line_that_breaks_keeps_nobody_from_their_offer_and_is_counted_and_told(
    database: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    first, *_others = several(database, 3)
    counted: list[tuple[str, ...]] = []
    monkeypatch.setattr(failing.FAILED, "add", lambda *values: counted.append(values))
    with monkeypatch.context() as patch, capture_logs() as told:
        breaking(patch, error, only=first)
        assert Looking(partial(transaction, database), **HOW).look() == 2
    assert counted == [("waiting",)]
    assert [(one["job"], one["product"]) for one in told] == [("waiting", str(first.product_id))]
    assert sorted(states(database)) == ["offered", "offered", "waiting"]
    assert Looking(partial(transaction, database), **HOW).look() == 1, "it is tried again"


@pytest.mark.parametrize(
    "error",
    [OperationalError("SELECT", {}, psycopg.OperationalError("away")), psycopg.errors.AdminShutdown("away")],
)
def test_a_database_that_is_away_ends_the_look(
    database: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    several(database, 3)
    tried = breaking(monkeypatch, error)
    with pytest.raises(type(error)):
        Looking(partial(transaction, database), **HOW).look()
    assert len(tried) == 1
