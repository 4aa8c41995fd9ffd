"""Statements that travel together arrive in their order, once, or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.kernel import pipe, wire
from portal.kernel.db import Tx, transaction
from portal.kernel.pipe import Pipe, Statement
from tests.support.statements import counted_on

PUT = "INSERT INTO wired (n) VALUES (%(n)s)"
COUNT = "SELECT count(*) FROM wired"


@pytest.fixture(autouse=True)
def _table(engine: Engine) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE wired (n int PRIMARY KEY)"))
    yield
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE wired"))


def stored(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT n FROM wired ORDER BY n")).scalars())


def fails(engine: Engine, error: type[Exception], act: Callable[[Tx], object]) -> None:
    """Does it in a transaction of its own, and sees it fail in this way."""

    def attempt() -> None:
        with transaction(engine) as tx:
            act(tx)

    with pytest.raises(error):
        attempt()


def put_and_fail(tx: Tx, n: int) -> None:
    wire.later(tx, PUT, {"n": n})
    raise ZeroDivisionError


def count(tx: Tx) -> int:
    return int(wire.ask(tx, COUNT, {})[0][0])


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


def test_a_savepoint_that_is_rolled_back_takes_only_its_own_along(engine: Engine) -> None:
    def inside(tx: Tx) -> None:
        with tx.begin_nested():
            put_and_fail(tx, 2)

    with transaction(engine) as tx:
        wire.later(tx, PUT, {"n": 1})
        with pytest.raises(ZeroDivisionError):
            inside(tx)
        wire.later(tx, PUT, {"n": 3})
    assert stored(engine) == [1, 3]


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


def test_prepared_statements_survive_rollbacks_and_errors_of_others(engine: Engine) -> None:
    """psycopg drops whatever is prepared on its connection when it rolls back after preparing something itself."""

    def prepare(tx: Tx) -> None:
        for _ in range(6):
            tx.execute(text(COUNT))

    def prepare_and_fail(tx: Tx) -> None:
        prepare(tx)
        wire.ask(tx, PUT, {"n": 100})
        raise ZeroDivisionError

    def prepare_and_drop(tx: Tx) -> None:
        prepare(tx)
        tx.execute(text("CREATE TABLE passing (n int)"))
        tx.execute(text("DROP TABLE passing"))

    def prepare_and_go_back(tx: Tx) -> None:
        prepare(tx)
        with suppress(ZeroDivisionError), tx.begin_nested():
            raise ZeroDivisionError

    for n in range(8):
        given = {"n": n}
        fails(engine, ZeroDivisionError, prepare_and_fail)
        with transaction(engine) as tx:
            (prepare_and_drop if n % 2 else prepare_and_go_back)(tx)
            wire.ask(tx, PUT, given)
        fails(engine, psycopg.errors.UniqueViolation, lambda tx, given=given: wire.ask(tx, PUT, given))  # type: ignore[misc]  # of this round
    assert stored(engine) == list(range(8))


def test_what_is_asked_again_and_again_is_prepared_in_spite_of_rollbacks(engine: Engine) -> None:
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement = :asked")
    asked = f"{COUNT} WHERE n < 0"  # by nobody else on this connection
    with engine.connect() as connection:
        for _ in range(8):
            connection.execute(text(asked))
            connection.rollback()
        assert connection.execute(prepared, {"asked": asked}).scalar_one() == 1


def test_of_many_statements_those_asked_last_stay_prepared(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipe, "MOST_PREPARED", 3)
    asked = [f"SELECT %(n)s::int + {number}" for number in range(5)]
    with transaction(engine) as tx:
        for _ in range(3):
            for at, sql in enumerate(asked):
                answers = wire.ask_all(tx, (asked[0], {"n": 7}), (sql, {"n": 1}))
                assert answers == [[(7,)], [(1 + at,)]]
        kept = {sql for (sql,) in wire.ask(tx, "SELECT statement FROM pg_prepared_statements", {})}
    assert {sql for sql in asked if sql.replace("%(n)s", "$1") in kept} == {asked[0], asked[4]}


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


@pytest.mark.parametrize("sent", [False, True])
def test_a_savepoint_of_the_wire_takes_only_its_own_along_whether_it_was_sent_or_not(
    engine: Engine, sent: bool
) -> None:
    def inside(tx: Tx) -> None:
        with wire.savepoint(tx):
            wire.later(tx, PUT, {"n": 2})
            with wire.savepoint(tx):
                wire.later(tx, PUT, {"n": 3})
            if sent:
                assert count(tx) == 3
            put_and_fail(tx, 4)

    with transaction(engine) as tx:
        wire.later(tx, PUT, {"n": 1})
        with pytest.raises(ZeroDivisionError):
            inside(tx)
        wire.later(tx, PUT, {"n": 5})
    assert stored(engine) == [1, 5]


def test_behind_an_error_in_a_savepoint_of_the_wire_the_transaction_goes_on(engine: Engine) -> None:
    def inside(tx: Tx) -> None:
        with wire.savepoint(tx):
            wire.ask(tx, PUT, {"n": 1})
            wire.ask(tx, PUT, {"n": 1})

    with transaction(engine) as tx:
        with pytest.raises(psycopg.errors.UniqueViolation):
            inside(tx)
        with wire.savepoint(tx):
            wire.later(tx, PUT, {"n": 2})
    assert stored(engine) == [2]


def begun(tx: Tx) -> bool:
    """Whether the database has a transaction of this session."""
    raw: Any = tx.connection().connection.driver_connection
    return bool(raw.info.transaction_status != TransactionStatus.IDLE)


def test_a_savepoint_before_anything_else_is_the_transaction_itself(engine: Engine) -> None:
    with counted_on(engine) as sent, transaction(engine) as tx:
        with suppress(ZeroDivisionError), wire.savepoint(tx):
            assert wire.ask(tx, f"{PUT} RETURNING n", {"n": 1}) == [(1,)]
            put_and_fail(tx, 2)
        assert not begun(tx)
        with wire.savepoint(tx):
            wire.later(tx, PUT, {"n": 3})
    assert stored(engine) == [3]
    assert sent == [f"{PUT} RETURNING n", "ROLLBACK", PUT]


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


@pytest.mark.parametrize("act", [waits_and_reads, waits_and_asks, lambda tx: tx.execute(text(COUNT))])
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
