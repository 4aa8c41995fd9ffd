"""Keeps the provider's books in one SQLite file, so that nothing it acknowledged is lost by kill -9."""

import fcntl
import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.provider.schema import SCHEMA
from local.provider.toss.schema import SCHEMA as TOSS

Tx = sqlite3.Connection


class BooksInUse(Exception):
    """Another provider already keeps its books in this directory."""


class Books:
    """One writer at a time, any number of readers beside it (WAL); a commit is on disk before it returns."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        # Keys in flight are known to one process only, so two processes on one file could both carry out one key.
        self._lock = (directory / "books.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BooksInUse(f"another provider is using {directory}") from None
        self._path = directory / "books.sqlite"
        self._writing = threading.Lock()
        self._writer = self._connect()
        self._writer.executescript(SCHEMA + TOSS)
        self._readers: queue.LifoQueue[Tx] = queue.LifoQueue()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """All that is written inside is committed together at the end, or not at all."""
        with self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """One unchanging view of the books, that never waits for a writer."""
        try:
            reader = self._readers.get_nowait()
        except queue.Empty:
            reader = self._connect()
        reader.execute("BEGIN")
        try:
            yield reader
        finally:
            reader.execute("ROLLBACK")
            self._readers.put(reader)

    def _connect(self) -> Tx:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection
