"""Several transactions of one session, of which SQLAlchemy sees a single long one: each stands or falls by itself."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.kernel import wire
from portal.kernel.db import after_commit
from tests.portal.kernel.wired import PUT, _table, stored

__all__ = ["_table"]  # the fixture that makes the table for every test


def put(session: Session, n: int) -> None:
    wire.later(session, PUT, {"n": n})


def test_each_commits_at_its_end_or_with_its_last_statement(engine: Engine) -> None:
    with Session(engine.connect()) as session:
        with wire.transaction(session) as tx:
            put(tx, 1)
        assert stored(engine) == [1]
        with wire.transaction(session) as tx:
            put(tx, 2)
            wire.and_commit(wire.behind(tx))
        assert stored(engine) == [1, 2]


def test_one_that_fails_takes_none_of_the_others_along(engine: Engine) -> None:
    with Session(engine.connect()) as session:
        with wire.transaction(session) as tx:
            put(tx, 1)
        with pytest.raises(RuntimeError):
            fail(session, 2, [])
        with wire.transaction(session) as tx:
            put(tx, 3)
    assert stored(engine) == [1, 3]


def fail(session: Session, n: int, done: list[str]) -> None:
    with wire.transaction(session) as tx:
        after_commit(tx, lambda: done.append("lost"))
        put(tx, n)
        wire.ask(tx, "SELECT 1", {})
        raise RuntimeError


@pytest.mark.parametrize("by_ourselves", [False, True])
def test_what_waits_for_the_commit_is_done_once_and_never_without_it(engine: Engine, by_ourselves: bool) -> None:
    done: list[str] = []
    with Session(engine.connect()) as session:
        with wire.transaction(session) as tx:
            after_commit(tx, lambda: done.append("kept"))
            put(tx, 1)
            if by_ourselves:
                wire.and_commit(wire.behind(tx))
        assert done == ["kept"]
        with pytest.raises(RuntimeError):
            fail(session, 2, done)
        with wire.transaction(session) as tx:
            put(tx, 3)
    assert done == ["kept"]


def test_the_next_one_is_neither_patient_nor_hasty(engine: Engine) -> None:
    with Session(engine.connect()) as session:
        with wire.transaction(session) as tx:
            wire.at_once(tx)
            wire.patient(tx)
            put(tx, 1)
        assert wire.AT_ONCE not in session.info
        assert wire.PATIENT not in session.info
