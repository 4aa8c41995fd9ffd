"""What is asked again and again is prepared, and stays so whatever else becomes of its connection."""

from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import Engine, text

from portal.kernel import pipe, wire
from portal.kernel.db import Tx, transaction
from tests.portal.kernel.wired import COUNT, PUT, _table, fails, stored

__all__ = ["_table"]  # the fixture that makes the table for every test


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
