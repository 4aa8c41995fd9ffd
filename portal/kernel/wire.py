"""Statements that travel together: several in one round trip to the database, on the transaction they belong to.

Half of what a booking waits for is the way to the database and back. A statement whose answer nobody reads is sent with
the next one that somebody waits for, or with the COMMIT. They go below SQLAlchemy (pipe.py), in order: whatever
SQLAlchemy itself executes is preceded by what still waits here, and a rollback forgets it.

`and_commit` is, beside SQLAlchemy's own, the only way to commit: what must happen before one can wrap it. What waits
when SQLAlchemy commits goes through it, and leaves SQLAlchemy nothing to do.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, Pool, event

from portal.kernel import db
from portal.kernel.db import Tx
from portal.kernel.pipe import Failed, Pipe, Row, Statement

Given = Mapping[str, Any]
COMMIT: Statement = ("COMMIT", {})
EXACTLY_ONE = """
WITH touched AS ({sql})
SELECT CASE count(*) WHEN 1 THEN 1 ELSE ('touched ' || count(*) || ' rows instead of one')::int END FROM touched
"""
OR_FAIL = "SELECT CASE count(*) WHEN 0 THEN ('it had an effect on ' || count(*))::int ELSE 1 END FROM done"
PIPE, WAITING = "the pipe of this connection", "what waits for the next round trip"
HERE, AHEAD = "the connection of this transaction", "what has been answered ahead"
IDLE = TransactionStatus.IDLE
AT_ONCE, PATIENT = "nothing may wait", "a no may come late"


class EarlierFailed(Exception):
    """A statement that waited has failed, not the one at hand; the cause is psycopg's error."""


def later(tx: Tx, sql: str, given: Given) -> None:
    """Runs the statement some time before the commit; whatever is waited for next raises EarlierFailed if it fails.

    It must make sure of its own effect: nobody sees how many rows it touched (`exactly_one` helps).
    """
    connection = behind(tx)
    if tx.info.get(AT_ONCE):
        send(connection, (sql, given))
    else:
        connection.info.setdefault(WAITING, []).append((sql, given))
        connection.info.pop(AHEAD, None)


def ask(tx: Tx, sql: str, given: Given) -> list[Row]:
    """Runs the statement, after all that waits, and returns its rows (none if it returns none).

    Raises psycopg's error when it fails, and EarlierFailed when one that waited does.
    """
    return send(behind(tx), (sql, given))[-1]


def ask_all(tx: Tx, *statements: Statement) -> list[list[Row]]:
    """The same for several at once: the rows of each."""
    return send(behind(tx), *statements)[-len(statements) :]


def require(tx: Tx, effect: str, given: Given, otherwise: Callable[[], Exception]) -> None:
    """Does what must have an effect: common table expressions, of which the last one, `done`, must then have rows.

    If it has none, raises `otherwise()`: at once, or, in a session whose owner is `patient`, as EarlierFailed when its
    turn comes. That owner does all of it again, `at_once`, and then hears what was wrong.
    """
    if tx.info.get(PATIENT):
        later(tx, f"WITH {effect} {OR_FAIL}", given)
    elif not ask(tx, f"WITH {effect} SELECT FROM done", given):
        raise otherwise()


def and_commit(connection: Connection, *statements: Statement) -> list[list[Row]]:
    """Runs the statements, commits them with all that stands before them, and returns the rows of each.

    If one fails, those behind it and the COMMIT are not carried out. Raises as `ask` does.
    """
    return send(connection, *statements, COMMIT)[-len(statements) - 1 : -1]


@contextmanager
def transaction(tx: Tx) -> Iterator[Tx]:
    """One of several transactions of a session: it commits at the end, unless `and_commit` has, and is forgotten.

    What SQLAlchemy does to end a session and begin another is a third of the Python in a plain saga. So a driver keeps
    one, and SQLAlchemy believes in a single long transaction, unless one fails.
    """
    try:
        yield tx
        if _is_open(tx):
            tx.commit()
        else:
            db.committed(tx)
    except BaseException:
        tx.rollback()
        raise
    finally:
        tx.info.pop(AT_ONCE, None)
        tx.info.pop(PATIENT, None)
        if tx.identity_map:
            tx.expunge_all()


def at_once(tx: Tx) -> None:
    """In this transaction nothing waits any more, so that an error is raised by the statement it belongs to."""
    tx.info[AT_ONCE] = True


def patient(tx: Tx) -> None:
    """In this transaction what may be refused can wait, too: its owner begins anew, `at_once`, when that fails."""
    tx.info[PATIENT] = True


def exactly_one(sql: str) -> str:
    """The writing statement, which must return its rows, made to fail unless there is exactly one."""
    return EXACTLY_ONE.format(sql=sql)


def each(sql: str, name: str, values: Collection[Any]) -> tuple[str, dict[str, Any]]:
    """The statement with `%(name)s` written out as one parameter for each value, and these parameters; for IN (…).
    Among no values it finds nothing.

    For `= ANY(array)` PostgreSQL plans anew every time, because it cannot know how long the array will be; that costs
    twice what the look itself does. So that few lengths have to be prepared, the last value is repeated.
    """
    several = list(values) or [None]
    size = 1 << (len(several) - 1).bit_length()
    several += several[-1:] * (size - len(several))
    return _spread(sql, name, size), {f"{name}_{number}": value for number, value in enumerate(several)}


@contextmanager
def savepoint(tx: Tx) -> Iterator[None]:
    """A savepoint that takes no round trip of its own, unless something is raised: then what was done inside is undone.

    Before anything else in a transaction, the transaction itself is one. For statements, not for objects: what the
    session has flushed inside, it believes to be there.
    """
    begun: Given = {}
    inside = _has_begun(behind(tx))
    if inside:
        later(tx, "SAVEPOINT wire", begun)
    try:
        yield
    except BaseException:
        if tx.is_active:  # else its objects could not be written, all is undone, and asking for more would hide why
            _take_back(tx.connection(), begun if inside else None)
            tx.expire_all()
        raise
    if inside:
        later(tx, "RELEASE SAVEPOINT wire", {})


def _take_back(connection: Connection, begun: Given | None) -> None:
    """What was done since the savepoint that begins like this; without one, in all of the transaction."""
    if connection.invalidated:
        return  # all is gone with the connection, and asking for it would hide why
    if begun is None:
        _undo(connection)
    else:
        _go_back(connection, begun)


def _undo(connection: Connection) -> None:
    """Everything of this transaction; the next statement begins another."""
    connection.info.pop(WAITING, None)
    if _has_begun(connection):
        send(connection, ("ROLLBACK", {}))


def _go_back(connection: Connection, begun: Given) -> None:
    waiting: list[Statement] = connection.info.get(WAITING, [])
    for at, (_, given) in enumerate(waiting):
        if given is begun:  # nothing of it was ever sent
            del waiting[at:]
            return
    waiting.clear()
    # In one trip, and not by psycopg, which forgets whatever it has prepared when it sees a ROLLBACK.
    send(connection, ("ROLLBACK TO SAVEPOINT wire", {}), ("RELEASE SAVEPOINT wire", {}))


@lru_cache(maxsize=500)
def _spread(sql: str, name: str, size: int) -> str:
    return sql.replace(f"%({name})s", ", ".join(f"%({name}_{number})s" for number in range(size)))


def behind(tx: Tx) -> Connection:
    """The session's connection, behind all that its objects have to write; for `and_commit`.

    Asking the session for it costs more than a statement does, so the answer is kept as long as the transaction lasts,
    or the savepoint, which begins by asking.
    """
    tx.flush()
    here = tx.get_nested_transaction() or tx.get_transaction()
    known: tuple[object, Connection] | None = tx.info.get(HERE)
    if known is None or known[0] is not here:
        connection = tx.connection()
        known = tx.info[HERE] = (tx.get_nested_transaction() or tx.get_transaction(), connection)
    return known[1]


def _is_open(tx: Tx) -> bool:
    """Whether something of this transaction is not committed yet, or not even sent."""
    tx.flush()
    known: tuple[object, Connection] | None = tx.info.get(HERE)
    if known is None:
        return tx.in_transaction()
    return _has_begun(known[1])


def _has_begun(connection: Connection) -> bool:
    """Whether something of its transaction was sent, or waits to be."""
    raw: Any = connection.connection.driver_connection
    return bool(connection.info.get(WAITING)) or raw.pgconn.transaction_status != IDLE


def send(connection: Connection, *statements: Statement, begin: bool = True) -> list[list[Row]]:
    """Sends what waits and then these, and returns the rows of each of both. Raises as `ask` does.

    What waits always begins a transaction; these do only if they are to `begin` one.
    """
    connection.info.pop(AHEAD, None)
    if PIPE not in connection.info:
        connection.info[PIPE] = Pipe(connection.connection.driver_connection)  # type: ignore[arg-type]  # psycopg is the driver
    waiting = connection.info.pop(WAITING, [])
    try:
        sent: list[list[Row]] = connection.info[PIPE].send([*waiting, *statements], begin=begin or bool(waiting))
    except Failed as failed:
        if failed.at < len(waiting):
            raise EarlierFailed(str(failed.error)) from failed.error
        raise failed.error from None
    return sent


def _send_what_waits(connection: Connection, *_: Any) -> None:
    connection.info.pop(AHEAD, None)
    if WAITING in connection.info:
        send(connection)


def _commit_what_waits(connection: Connection) -> None:
    connection.info.pop(AHEAD, None)
    if WAITING in connection.info:
        try:
            and_commit(connection)
        except BaseException:
            # SQLAlchemy takes a commit that failed for the end of its transaction; this one has not ended yet.
            with suppress(psycopg.Error):
                connection.connection.driver_connection.rollback()  # type: ignore[union-attr]  # it was there to send
            raise


def _forget_what_waits(connection: Connection, *_: Any) -> None:
    if not connection.invalidated:  # else what waited is gone with the connection, and asking for it would hide why
        connection.info.pop(WAITING, None)


def _roll_back_ourselves(connection: Connection) -> None:
    """Before psycopg does, which would forget what it has prepared and how often it was asked for. Every page ends with
    a rollback, so that what pages ask would be planned anew each time: half of what they cost PostgreSQL.

    It does so for the sake of tables that were made in the transaction; we make none.
    """
    raw: Any = connection.connection.driver_connection if not connection.invalidated else None
    if raw is not None and raw.pgconn.transaction_status in {TransactionStatus.INTRANS, TransactionStatus.INERROR}:
        with suppress(psycopg.Error, EarlierFailed):  # then psycopg's own rollback says what is wrong
            send(connection, ("ROLLBACK", {}))


def _give_back(_dbapi: Any, record: Any, _state: Any) -> None:
    record.info.pop(WAITING, None)
    record.info.pop(AHEAD, None)


event.listen(Engine, "before_cursor_execute", _send_what_waits)
event.listen(Engine, "commit", _commit_what_waits)
event.listen(Engine, "rollback", _forget_what_waits)
event.listen(Engine, "rollback", _roll_back_ourselves)
event.listen(Engine, "rollback_savepoint", _forget_what_waits)
event.listen(Pool, "reset", _give_back)
