"""Keeps the caught mails in one SQLite file; what was acknowledged survives kill -9."""

import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    content BLOB NOT NULL
)
"""


class Caught(NamedTuple):
    """A mail as it came: the envelope and the bytes."""

    id: int
    received_at: str
    sender: str
    recipients: list[str]
    content: bytes


class Store:
    """Used by the SMTP side and by every request of the page, from their own threads."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._books = sqlite3.connect(directory / "mails.sqlite3", check_same_thread=False, isolation_level=None)
        self._books.execute("PRAGMA journal_mode = WAL")
        self._books.execute("PRAGMA synchronous = FULL")
        self._books.execute(SCHEMA)

    def keep(self, sender: str, recipients: list[str], content: bytes) -> None:
        received_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            self._books.execute(
                "INSERT INTO mail (received_at, sender, recipients, content) VALUES (?, ?, ?, ?)",
                (received_at, sender, json.dumps(recipients), content),
            )

    def all(self) -> list[Caught]:
        """Oldest first."""
        return self._read("SELECT id, received_at, sender, recipients, content FROM mail ORDER BY id")

    def find(self, number: int) -> Caught | None:
        found = self._read("SELECT id, received_at, sender, recipients, content FROM mail WHERE id = ?", number)
        return found[0] if found else None

    def last_id(self) -> int:
        """0 when there are none."""
        with self._lock:
            last: int = self._books.execute("SELECT coalesce(max(id), 0) FROM mail").fetchone()[0]
            return last

    def forget_all(self) -> None:
        with self._lock:
            self._books.execute("DELETE FROM mail")

    def _read(self, query: str, *values: int) -> list[Caught]:
        with self._lock:
            rows = self._books.execute(query, values).fetchall()
        return [Caught(row[0], row[1], row[2], json.loads(row[3]), row[4]) for row in rows]
