"""The database: one framework-free Base for web and workers, sessions, and what to do once a commit is in.

`Tx` is the type of every domain function's first argument. A domain never commits; whoever opened the transaction does.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Engine,
    MetaData,
    Text,
    Uuid,
    any_,
    create_engine,
    event,
    insert,
    literal,
)
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Session,
    SessionTransaction,
    make_transient_to_detached,
)

from portal.kernel import log

Tx = Session

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


class Base(DeclarativeBase):
    """Every table's base. Times are timestamptz, text is text, ids are uuid."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text, UUID: Uuid}


POOLED = {
    "max_overflow": 0,
    "pool_timeout": 10,
    "hide_parameters": True,  # they would stand in the log with every error: tokens, hashes, names
}
"""How every engine of ours keeps its connections."""

Row = TypeVar("Row", bound=Base)


def sqlalchemy_url(url: str) -> str:
    """The URL with the driver we use: postgresql:// and postgres:// become postgresql+psycopg://."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


def make_engine(url: str, *, pool_size: int = 20, **options: Any) -> Engine:
    """An engine whose sessions speak UTC and whose dead connections are noticed before they are used.

    It opens at most `pool_size` connections, each when it is needed, and keeps them: connections beyond a pool
    ("overflow") are closed after each use, and in a crowd the making of new ones took half of the time.
    """
    connect_args = {"options": "-c timezone=UTC", "connect_timeout": 5, **options.pop("connect_args", {})}
    engine = create_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        connect_args=connect_args,
        **POOLED,
        **options,
    )
    try_what_was_idle(engine)
    return engine


def try_what_was_idle(engine: Engine) -> None:
    """Lets each connection be tried that nobody has used for a moment; "pre-ping" tries at every use, for a trip."""
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _try_if_idle)


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _try_if_idle(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection used a moment ago is alive; one that lay about longer is tried before somebody relies on it."""
    if time.monotonic() - record.info.get("used", time.monotonic()) > 1.0:
        try:
            connection.execute("")
            connection.rollback()
        except psycopg.Error as error:
            raise DisconnectionError from error


@contextmanager
def transaction(engine: Engine) -> Iterator[Tx]:
    """One transaction on a session of its own: commits at the end, rolls back if anything is raised."""
    with Session(engine, expire_on_commit=False) as tx, tx.begin():
        yield tx


def stored(tx: Tx, row: Row) -> Row:
    """An object for a row that a statement has just written, as if the session had loaded it.

    For hot paths: where one statement writes several rows, the session's own INSERTs cost more than all the rest. What
    was not said is read when somebody looks at it.
    """
    make_transient_to_detached(row)
    tx.add(row)
    return row


def among(column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """The column is one of these values, thousands or none: one parameter, however many they are."""
    return column == any_(literal(list(values), ARRAY(column.type)))


def insert_all(tx: Tx, rows: Iterable[Base]) -> None:
    """Writes new rows, thousands of one table at once, past the session: it would ask for everything that the database
    fills in. Rows of which the same columns are said go together; a table's own rows that others point at go first."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        said = {name: value for name, value in vars(row).items() if not name.startswith("_")}
        groups.setdefault((row.__table__, tuple(said)), []).append(said)
    for (table, _names), group in groups.items():
        tx.execute(insert(table), group)


def after_commit(tx: Tx, act: Callable[[], None]) -> None:
    """Does `act` once this transaction is committed, and never if it, or the savepoint we are in, is rolled back.

    For hints only (a wake-up, a metric): a process killed between the commit and the act has not done it. It runs when
    the connection is given back. An act that fails is logged: the commit stands, and whoever asked gets an answer.
    """
    tx.info.setdefault(WAITING, []).append((tx.get_nested_transaction(), act))


def committed(tx: Tx) -> None:
    """Whoever committed in SQLAlchemy's stead (wire.py) says so; the acts that waited for it are done now."""
    for _owner, act in tx.info.pop(WAITING, []):
        _do(act)


WAITING, COMMITTED = "acts waiting for the commit", "acts whose commit is in"


@event.listens_for(Session, "after_commit")
def _savepoint_or_transaction_is_in(tx: Session) -> None:
    acts = tx.info.pop(WAITING, [])
    if savepoint := tx.get_nested_transaction():
        # What was asked for inside belongs to the next savepoint out, or to the transaction itself.
        outer = savepoint.parent if savepoint.parent and savepoint.parent.nested else None
        tx.info[WAITING] = [(outer if owner is savepoint else owner, act) for owner, act in acts]
    else:
        tx.info[COMMITTED] = acts


@event.listens_for(Session, "after_transaction_end")
def _savepoint_or_transaction_is_over(tx: Session, ended: SessionTransaction) -> None:
    if ended.nested:
        tx.info[WAITING] = [(owner, act) for owner, act in tx.info.get(WAITING, []) if owner is not ended]
    elif ended.parent is None:
        # Whatever is still waiting was not committed: rolled back, or the session was closed.
        tx.info.pop(WAITING, None)
        for _owner, act in tx.info.pop(COMMITTED, []):
            _do(act)


def _do(act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:
        log.get("db").exception("an act after a commit failed")
