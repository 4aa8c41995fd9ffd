"""Savepoints that cost no trip of their own: what is undone takes nothing else along."""

from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.domains.rushes import Rush
from portal.kernel import wire
from portal.kernel.db import Tx, transaction
from portal.kernel.ids import new_id
from tests.portal.kernel.wired import PUT, _table, begun, count, put_and_fail, stored
from tests.support.statements import counted_on

__all__ = ["_table"]  # the fixture that makes the table for every test


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


@pytest.mark.parametrize("first", [True, False])
def test_an_object_that_cannot_be_written_in_a_savepoint_of_the_wire_says_why(engine: Engine, first: bool) -> None:
    def act(tx: Tx) -> None:
        if not first:
            wire.later(tx, PUT, {"n": 1})
        with wire.savepoint(tx):
            tx.add(Rush(product_id=new_id(), at_once=1, minutes=1))
            count(tx)

    with pytest.raises(IntegrityError), transaction(engine) as tx:
        act(tx)
    with Session(engine) as tx:
        with pytest.raises(IntegrityError):
            act(tx)
        tx.rollback()
        assert count(tx) == 0
