"""PostgreSQL dies in the middle of a commit: what became of it is read back, and never assumed."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

import local.postgres
from portal.kernel import wire
from portal.kernel.db import make_engine
from tests.support.database import create_database, migrate
from tests.workers.engine.conftest import Toy

ALL = ["look", "first", "second", "intend", "record done", "third", "fourth"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.postgres.Postgres]:
    """A PostgreSQL that may be killed."""
    with local.postgres.running(tmp_path_factory.mktemp("mortal"), durable=False) as server:
        migrate(create_database(server.url, "mortal"))
        yield server


@pytest.fixture
def database(server: local.postgres.Postgres) -> Iterator[Engine]:
    """Here the toy plays, instead of where all tests do."""
    engine = make_engine(url_of(server))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE sagas, saga_calls"))
    engine.dispose()


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("nth", [0, 1, 2], ids=["the claim", "the intent", "the answer"])
def test_a_commit_of_which_nobody_heard_is_looked_up(
    server: local.postgres.Postgres, toy: Toy, monkeypatch: pytest.MonkeyPatch, nth: int, side: str
) -> None:
    and_commit, numbers = wire.and_commit, count()
    charge = toy.port.book.newest("toy").steps[3].external
    assert charge

    def dying(*given: Any) -> Any:
        here = next(numbers) == nth
        if here and side == "before":
            die(server)
        row = and_commit(*given)
        if here and side == "after":
            die(server)
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return row

    meant = []

    def send(call: Any, key: str) -> Any:
        with psycopg.connect(url_of(server)) as connection:
            meant.append(connection.execute("SELECT key FROM saga_calls").fetchall() == [(key,)])
        return charge.send(call, key)

    watched = toy.with_call(send=send)
    saga_id = watched.begin()
    with monkeypatch.context() as patched:
        patched.setattr(wire, "and_commit", dying)
        with pytest.raises((psycopg.Error, SQLAlchemyError)):
            watched.driver.visit(saga_id)
    toy.engine.dispose()  # the pool would find out one dead connection after the other
    toy.sql("UPDATE sagas SET lease_until = NULL")

    assert watched.drive(saga_id) == "done"

    assert toy.effects() == ALL
    assert toy.log() == [f"do {name}: done" for name in ("look", "first", "second", "charge", "third", "fourth")]
    assert len(toy.world.charged) == len(toy.world.sent) == 1
    assert meant == [True], "sent without a durable intent"


def url_of(server: local.postgres.Postgres) -> str:
    return server.url.rsplit("/", 1)[0] + "/mortal"


def die(server: local.postgres.Postgres) -> None:
    server.kill()
    server.start()
