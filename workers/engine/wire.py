"""One round trip for a statement and its COMMIT: half of what a visit waits for is the way to the database.

It goes below SQLAlchemy to psycopg's pipeline; SQLAlchemy's own commit finds nothing left to do afterwards. Whatever
must happen before a commit (tests that kill there) can wrap `and_commit`: it is the only other way to commit.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection


def and_commit(connection: Connection, sql: str, given: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """Runs the statement, commits it with all that stands before it, and returns its first row.

    If the statement fails, the COMMIT behind it is not carried out, and the database's error is raised.
    """
    wire: psycopg.Connection[tuple[Any, ...]] = connection.connection.driver_connection  # type: ignore[assignment]  # psycopg is the driver
    with wire.pipeline():
        cursor = wire.execute(sql, given)
        wire.execute("COMMIT")
    return cursor.fetchone()
