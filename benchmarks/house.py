"""The servers of a run: one durable PostgreSQL and one Redis for everybody that is measured."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from local import postgres, redis
from portal.kernel.db import Base, make_engine
from workers.engine.lines import VIEW
from workers.engine.models import Saga, SagaArchive, SagaCall


@dataclass
class House:
    """Where the servers are, by URL for clients and by process id for the CPU clock."""

    database_url: str
    redis_url: str
    postgres_pid: int
    redis_pid: int

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection of the one who measures; every statement its own commit, so that it can be counted out."""
        return psycopg.connect(self.database_url, autocommit=True)


@contextmanager
def running() -> Iterator[House]:
    """A fresh PostgreSQL with fsync on and a fresh Redis, gone when the run is over."""
    with tempfile.TemporaryDirectory(prefix="jari-bench-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        with (
            postgres.running(directory / "postgres", durable=True) as database,
            redis.running(directory / "redis") as queue,
        ):
            yield furnished(House(database.url, queue.url, database.pid, queue.pid))


def furnished(house: House) -> House:
    """The house with the engine's own tables, from its models: plain sagas need nothing else of the portal."""
    engine = make_engine(house.database_url, pool_size=2)
    tables = [Base.metadata.tables[model.__tablename__] for model in (Saga, SagaCall, SagaArchive)]
    Base.metadata.create_all(engine, tables=tables)
    with engine.begin() as connection:
        connection.exec_driver_sql(VIEW)
    engine.dispose()
    return house


def settings(connection: "psycopg.Connection[tuple[object, ...]]") -> str:
    """The server's settings that such a figure depends on, for the notes."""
    names = ["server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "wal_sync_method"]
    shown = connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [names]).fetchall()
    return ", ".join(f"{name} {setting}" for name, setting in shown)
