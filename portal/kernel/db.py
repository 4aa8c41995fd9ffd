"""The database: one framework-free Base for web and workers, sessions, and what to do once a commit is in.

`Tx` is the type of every domain function's first argument. A domain never commits; whoever opened the transaction does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Engine, MetaData, Text, Uuid, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Session

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


def sqlalchemy_url(url: str) -> str:
    """The URL with the driver we use: postgresql:// and postgres:// become postgresql+psycopg://."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


def make_engine(url: str, *, pool_size: int = 10, **options: Any) -> Engine:
    """An engine whose sessions speak UTC and whose dead connections are noticed before they are used."""
    connect_args = {"options": "-c timezone=UTC", "connect_timeout": 5, **options.pop("connect_args", {})}
    return create_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=10,
        connect_args=connect_args,
        **options,
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Tx]:
    """One transaction on a session of its own: commits at the end, rolls back if anything is raised."""
    with Session(engine, expire_on_commit=False) as tx, tx.begin():
        yield tx


def after_commit(tx: Tx, act: Callable[[], None]) -> None:
    """Does `act` once this transaction is committed, and never if it is rolled back.

    For hints only (a wake-up, a metric): a process killed between the commit and the act has not done it.
    """
    waiting = tx.info.setdefault("after_commit", [])
    waiting.append(act)


@event.listens_for(Session, "after_commit")
def _run_acts(tx: Session) -> None:
    if tx.in_nested_transaction():
        return
    for act in tx.info.pop("after_commit", []):
        act()


@event.listens_for(Session, "after_rollback")
def _forget_acts(tx: Session) -> None:
    tx.info.pop("after_commit", None)
