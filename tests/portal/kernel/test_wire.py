"""Statements that travel together arrive in their order, once, or not at all."""

from collections.abc import Callable, Sequence

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.kernel import wire
from portal.kernel.db import Tx, transaction
from portal.kernel.pipe import Pipe, Statement
from tests.portal.kernel.wired import COUNT, PUT, _table, count, fails, put_and_fail, stored

__all__ = ["_table"]  # the fixture that makes the table for every test


def test_what_waits_arrives_before_what_is_waited_for(engine: Engine) -> None:
    with transaction(engine) as tx:
        wire.later(tx, PUT, {"n": 1})
        wire.later(tx, PUT, {"n": 2})
        assert count(tx) == 2
        wire.later(tx, PUT, {"n": 3})
        assert tx.execute(text(COUNT)).scalar_one() == 3
        wire.later(tx, PUT, {"n": 4})
    assert stored(engine) == [1, 2, 3, 4]


def test_what_waits_is_committed_with_the_statement_that_commits(engine: Engine) -> None:
    with transaction(engine) as tx:
        wire.later(tx, PUT, {"n": 1})
        assert wire.and_commit(tx.connection(), (f"{PUT} RETURNING n", {"n": 2}), (COUNT, {})) == [[(2,)], [(2,)]]
    assert stored(engine) == [1, 2]


def test_what_waits_at_the_end_is_committed_in_its_own_trip(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[list[str]] = []
    send = Pipe.send

    def noted(pipe: Pipe, statements: Sequence[Statement], **how: bool) -> object:
        sent.append([sql for sql, _ in statements])
        return send(pipe, statements, **how)

    monkeypatch.setattr(Pipe, "send", noted)
    with transaction(engine) as tx:
        wire.later(tx, PUT, {"n": 1})
        wire.later(tx, PUT, {"n": 2})
    assert sent == [[PUT, PUT, "COMMIT"]]
    assert stored(engine) == [1, 2]


def test_what_waits_at_the_end_and_fails_commits_nothing(engine: Engine) -> None:
    def twice(tx: Tx) -> None:
        wire.later(tx, PUT, {"n": 1})
        wire.later(tx, PUT, {"n": 1})

    fails(engine, wire.EarlierFailed, twice)
    assert stored(engine) == []


def test_a_commit_that_failed_leaves_its_connection_ready_for_the_next(engine: Engine) -> None:
    def twice(connection: Connection) -> None:
        with Session(connection) as tx, tx.begin():
            wire.later(tx, PUT, {"n": 1})
            wire.later(tx, PUT, {"n": 1})

    with engine.connect() as connection:
        with pytest.raises(wire.EarlierFailed):
            twice(connection)
        wire.and_commit(connection, (PUT, {"n": 2}))
    assert stored(engine) == [2]


TAKE = "done AS (DELETE FROM wired WHERE n = %(n)s RETURNING n)"


def test_what_must_have_an_effect_is_refused_at_once(engine: Engine) -> None:
    with transaction(engine) as tx:
        wire.later(tx, PUT, {"n": 1})
        wire.require(tx, TAKE, {"n": 1}, otherwise=LookupError)
        with pytest.raises(LookupError):
            wire.require(tx, TAKE, {"n": 1}, otherwise=LookupError)


def test_or_late_for_whoever_is_patient_and_then_at_once(engine: Engine) -> None:
    def patiently(tx: Tx) -> None:
        wire.patient(tx)
        wire.later(tx, PUT, {"n": 1})
        wire.require(tx, TAKE, {"n": 1}, otherwise=LookupError)
        wire.require(tx, TAKE, {"n": 1}, otherwise=LookupError)
        wire.later(tx, PUT, {"n": 2})

    fails(engine, wire.EarlierFailed, patiently)
    assert stored(engine) == []

    def again(tx: Tx) -> None:
        wire.at_once(tx)
        wire.require(tx, TAKE, {"n": 1}, otherwise=LookupError)

    fails(engine, LookupError, again)


def test_a_rollback_forgets_what_waits(engine: Engine) -> None:
    fails(engine, ZeroDivisionError, lambda tx: put_and_fail(tx, 1))
    with transaction(engine) as tx:
        wire.later(tx, PUT, {"n": 2})
    assert stored(engine) == [2]


def test_an_error_of_what_waited_is_raised_by_the_next_and_nothing_is_committed(engine: Engine) -> None:
    def twice(tx: Tx) -> None:
        wire.later(tx, PUT, {"n": 1})
        wire.later(tx, PUT, {"n": 1})
        wire.and_commit(tx.connection(), (f"{PUT} RETURNING n", {"n": 2}))

    fails(engine, wire.EarlierFailed, twice)
    assert stored(engine) == []


def test_at_once_means_at_once(engine: Engine) -> None:
    with transaction(engine) as tx:
        wire.at_once(tx)
        wire.later(tx, PUT, {"n": 1})
        with pytest.raises(psycopg.errors.UniqueViolation):
            wire.later(tx, PUT, {"n": 1})
        tx.rollback()


@pytest.mark.parametrize(("given", "fits"), [(1, True), (2, False), (7, False)])
def test_exactly_one_row_or_an_error(engine: Engine, given: int, fits: bool) -> None:
    with transaction(engine) as tx:
        wire.later(tx, PUT, {"n": 1})
        wire.later(tx, PUT, {"n": 5})
        wire.later(tx, PUT, {"n": 6})
    statement = wire.exactly_one("UPDATE wired SET n = n + 10 WHERE n = %(n)s OR %(n)s = 2 RETURNING 1")
    with transaction(engine) as tx:
        if fits:
            wire.ask(tx, statement, {"n": given})
        else:
            with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="rows instead of one"):
                wire.ask(tx, statement, {"n": given})
            tx.rollback()


def test_percent_signs_and_names_used_twice_are_understood(engine: Engine) -> None:
    with transaction(engine) as tx:
        assert wire.ask(tx, "SELECT 7 %% %(n)s::int, %(n)s::int, 'a%%'", {"n": 4}) == [(3, 4, "a%")]


@pytest.mark.parametrize("asked", [[], [1], [1, 2], [3, 1, 2], [1, 2, 3, 4, 5]])
def test_a_list_is_written_out_for_each_of_its_values(engine: Engine, asked: list[int]) -> None:
    with transaction(engine) as tx:
        for n in range(8):
            wire.later(tx, PUT, {"n": n})
        sql, given = wire.each("SELECT n FROM wired WHERE n IN (%(ns)s) AND n < %(most)s ORDER BY n", "ns", asked)
        assert wire.ask(tx, sql, {**given, "most": 5}) == [(n,) for n in sorted(asked) if n < 5]


def cut(engine: Engine, tx: Tx) -> None:
    """The database ends this session."""
    pid = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def waits_and_reads(tx: Tx) -> None:
    wire.later(tx, PUT, {"n": 1})
    tx.execute(text(COUNT))


def waits_and_asks(tx: Tx) -> None:
    wire.later(tx, PUT, {"n": 1})
    count(tx)


def reads(tx: Tx) -> None:
    tx.execute(text(COUNT))


def reads_behind_a_savepoint(tx: Tx) -> None:
    with wire.savepoint(tx):
        tx.execute(text(COUNT))


def asks_behind_a_savepoint(tx: Tx) -> None:
    with wire.savepoint(tx):
        count(tx)


@pytest.mark.parametrize(
    "act", [waits_and_reads, waits_and_asks, reads, reads_behind_a_savepoint, asks_behind_a_savepoint]
)
def test_a_database_that_goes_away_is_told_as_that(engine: Engine, act: Callable[[Tx], object]) -> None:
    def go_on(tx: Tx) -> None:
        cut(engine, tx)
        act(tx)

    for _ in range(2):
        with pytest.raises((psycopg.OperationalError, OperationalError)), transaction(engine) as tx:
            go_on(tx)
    assert stored(engine) == []


def test_a_rollback_behind_a_lost_connection_goes_well(engine: Engine) -> None:
    with engine.connect() as connection, Session(connection) as tx:
        cut(engine, tx)
        with pytest.raises(OperationalError):
            tx.execute(text(COUNT))
        tx.rollback()
        assert tx.execute(text(COUNT)).scalar_one() == 0
