"""A real ticker looks after waiting lists; killed at any moment, it leaves whole offers and loses none."""

import os
import random
import subprocess
import sys
import time
from functools import partial

import pytest
from sqlalchemy import Engine, text

from portal.config import Settings
from portal.kernel.db import transaction
from tests.journeys.house import wait_for
from tests.portal.domains.reservations.racing import NOTHING_WRONG, wrongs
from tests.portal.domains.waiting.full import HOW, full
from workers import lines
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
