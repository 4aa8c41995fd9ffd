"""Calls to the outside: the intent that is committed before anything is sent, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from workers.engine.store import Claim


@dataclass(frozen=True)
class Planned:
    """A call about to be sent; it leaves the house only after this is committed."""

    key: str
    step: str
    attempt: int


@dataclass(frozen=True)
class Answer:
    """What became of a call, and how often it was sent and asked for on the way."""

    key: str
    state: str
    error: str | None
    sends: int
    asks: int


@dataclass(frozen=True)
class Intent:
    """A call to the outside that may have been sent."""

    key: str
    attempt: int
    state: str
    first_sent_at: datetime
    age: float
    """Seconds since it was first sent, by the database's clock."""


# Both go with the statement that closes a segment (closing.py), where `fence` is the saga that is still ours.
INTEND = """, intent AS (
    INSERT INTO saga_calls (key, saga_id, step, attempt, state, sends, first_sent_at)
    SELECT %(call)s, id, %(call_step)s, %(call_attempt)s, 'sent', 1, clock_timestamp() FROM fence
)
"""
ANSWER = """, answer AS (
    UPDATE saga_calls SET
        state = %(call_state)s, last_error = %(call_error)s, sends = sends + %(sends)s, asks = asks + %(asks)s,
        answered_at = CASE WHEN %(call_state)s IN ('done', 'refused') THEN now() END
    FROM fence WHERE saga_calls.key = %(answered)s
)
"""

INTENT = """
SELECT key, attempt, state, first_sent_at, extract(epoch FROM now() - first_sent_at) AS age
FROM saga_calls WHERE saga_id = %(id)s AND step = %(step)s ORDER BY attempt DESC LIMIT 1
"""

UNANSWERED = """
UPDATE saga_calls SET state = 'unknown', last_error = %(error)s, sends = sends + %(sends)s, asks = asks + %(asks)s
WHERE key = %(key)s
"""


ABANDON = """
UPDATE saga_calls SET state = 'refused', last_error = %(error)s, asks = asks + %(asks)s, answered_at = now()
WHERE key = %(key)s
"""


def find_intent(connection: Connection, claim: Claim, step: str) -> Intent | None:
    """The newest attempt of this step that may have been sent."""
    row = connection.exec_driver_sql(INTENT, {"id": claim.id, "step": step}).one_or_none()
    return Intent(row.key, row.attempt, row.state, row.first_sent_at, float(row.age)) if row else None


def abandon(connection: Connection, key: str, *, asks: int, error: str) -> None:
    """Notes that a person gave up this attempt; the next one has a key of its own."""
    connection.exec_driver_sql(ABANDON, {"key": key, "asks": asks, "error": error})


def unanswered(connection: Connection, key: str, *, sends: int, asks: int, error: str) -> None:
    """Notes that nobody knows what became of a call."""
    given = {"key": key, "sends": sends, "asks": asks, "error": error[:2000]}
    connection.exec_driver_sql(UNANSWERED, given)
