"""What is to be done after a commit is done after that commit, once, and never for what was rolled back."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.kernel.db import Tx, after_commit, make_engine, sqlalchemy_url, transaction
from tests.factories import identity as people


@pytest.fixture
def done() -> list[str]:
    """What the acts of a test have done, in order."""
    return []


@pytest.fixture
def later(done: list[str]) -> Callable[[Tx, str], None]:
    return lambda tx, name: after_commit(tx, lambda: done.append(name))


Later = Callable[[Tx, str], None]


def test_acts_run_once_after_the_commit_in_their_order(engine: Engine, later: Later, done: list[str]) -> None:
    with Session(engine) as tx:
        with tx.begin():
            later(tx, "first")
            tx.execute(text("SELECT 1"))
            later(tx, "second")
            assert done == []
        assert done == ["first", "second"]
        with tx.begin():
            tx.execute(text("SELECT 1"))
    assert done == ["first", "second"]


def test_acts_asked_for_before_the_first_statement_run_too(engine: Engine, later: Later, done: list[str]) -> None:
    with Session(engine) as tx:
        later(tx, "early")
        tx.execute(text("SELECT 1"))
        tx.commit()
    assert done == ["early"]


@pytest.mark.parametrize("end", [Session.rollback, Session.close])
def test_nothing_runs_for_what_was_not_committed_not_even_later(
    engine: Engine, later: Later, done: list[str], end: Callable[[Session], None]
) -> None:
    with Session(engine) as tx:
        tx.execute(text("SELECT 1"))
        later(tx, "never")
        end(tx)
        tx.execute(text("SELECT 1"))
        tx.commit()
    assert done == []


def test_nothing_runs_where_an_error_ended_the_transaction(engine: Engine, later: Later, done: list[str]) -> None:
    def fail() -> None:
        with transaction(engine) as tx:
            later(tx, "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert done == []


def test_the_end_of_a_savepoint_runs_nothing(engine: Engine, later: Later, done: list[str]) -> None:
    with transaction(engine) as tx:
        later(tx, "outside")
        with tx.begin_nested():
            later(tx, "inside")
            with tx.begin_nested():
                later(tx, "deep inside")
        assert done == []
    assert done == ["outside", "inside", "deep inside"]


def test_a_savepoint_that_is_rolled_back_takes_its_own_acts_along_and_no_others(
    engine: Engine, later: Later, done: list[str]
) -> None:
    with transaction(engine) as tx:
        later(tx, "before")
        savepoint = tx.begin_nested()
        later(tx, "inside")
        with tx.begin_nested():
            later(tx, "released, but inside")
        savepoint.rollback()
        later(tx, "after")
    assert done == ["before", "after"]


def test_a_refused_write_in_a_savepoint_leaves_the_other_acts(database: Engine, later: Later, done: list[str]) -> None:
    def sign_up(tx: Tx, act: str) -> None:
        with tx.begin_nested():
            later(tx, act)
            people.account(tx, email="taken@example.com")

    with transaction(database) as tx:
        sign_up(tx, "before")
        with pytest.raises(IntegrityError):
            sign_up(tx, "inside")
        later(tx, "after")
    assert done == ["before", "after"]


def test_savepoints_do_not_save_acts_from_a_rollback_of_everything(
    engine: Engine, later: Later, done: list[str]
) -> None:
    with Session(engine) as tx:
        with tx.begin_nested():
            later(tx, "inside")
        tx.rollback()
        tx.commit()
    assert done == []


def test_an_act_that_fails_does_not_undo_the_commit_or_stop_the_next(engine: Engine, done: list[str]) -> None:
    def fail() -> None:
        raise ConnectionError("the queue is away")

    with transaction(engine) as tx:
        after_commit(tx, fail)
        after_commit(tx, lambda: done.append("next"))
        tx.execute(text("SELECT 1"))
    assert done == ["next"]


def test_acts_hold_no_connection(database_url: str, done: list[str]) -> None:
    engine = make_engine(database_url, pool_size=1)
    with transaction(engine) as tx:
        tx.execute(text("SELECT 1"))
        after_commit(tx, lambda: done.append(f"{engine.pool.checkedout()} open"))  # type: ignore[attr-defined]  # a QueuePool
    engine.dispose()
    assert done == ["0 open"]


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgres://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c"),
    ],
)
def test_a_plain_url_gets_our_driver(given: str, used: str) -> None:
    assert sqlalchemy_url(given) == used


def test_sessions_speak_utc(tx: Tx) -> None:
    assert tx.execute(text("SHOW timezone")).scalar() == "UTC"
