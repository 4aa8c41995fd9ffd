"""Calls to the outside: the intent that is committed before anything is sent, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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

    step: str
    attempt: int
    state: str
    error: str | None
    sends: int
    asks: int


@dataclass(frozen=True)
class Intent:
    """A call to the outside that may have been sent."""

    saga_id: UUID
    step: str
    attempt: int
    key: str
    state: str
    first_sent_at: datetime
    age: float
    """Seconds since it was first sent, by the database's clock."""


# Both go with the statement that closes a segment (closing.py), where `fence` is the saga that is still ours.
INTEND = """, intent AS (
    INSERT INTO saga_calls (saga_id, step, attempt, key, state, sends, first_sent_at)
    SELECT id, %(call_step)s, %(call_attempt)s, %(call)s, 'sent', 1, clock_timestamp() FROM fence
)
"""
ANSWER = """, answer AS (
    UPDATE saga_calls SET
        state = %(call_state)s, last_error = %(call_error)s, sends = sends + %(sends)s, asks = asks + %(asks)s,
        answered_at = CASE WHEN %(call_state)s IN ('done', 'refused') THEN now() END
    FROM fence WHERE saga_id = %(id)s AND step = %(answered)s AND attempt = %(answered_attempt)s
)
"""

INTENT = """
SELECT saga_id, step, attempt, key, state, first_sent_at, extract(epoch FROM now() - first_sent_at)::float8
FROM saga_calls WHERE saga_id = %(id)s AND step = %(step)s ORDER BY attempt DESC LIMIT 1
"""

UNANSWERED = """
UPDATE saga_calls SET state = 'unknown', last_error = %(error)s, sends = sends + %(sends)s, asks = asks + %(asks)s
WHERE saga_id = %(saga_id)s AND step = %(step)s AND attempt = %(attempt)s
"""

ABANDON = """
UPDATE saga_calls SET state = 'refused', last_error = %(error)s, asks = asks + %(asks)s, answered_at = now()
WHERE saga_id = %(saga_id)s AND step = %(step)s AND attempt = %(attempt)s
"""


def find_intent(connection: Connection, claim: Claim, step: str) -> Intent | None:
    """The newest attempt of this step that may have been sent."""
    row = connection.exec_driver_sql(INTENT, {"id": claim.id, "step": step}).one_or_none()
    return Intent(*row) if row else None


def abandon(connection: Connection, intent: Intent, *, asks: int, error: str) -> None:
    """Notes that a person gave up this attempt; the next one has a key of its own."""
    connection.exec_driver_sql(ABANDON, {**vars(intent), "asks": asks, "error": error})


def unanswered(connection: Connection, intent: Intent, *, sends: int, asks: int, error: str) -> None:
    """Notes that nobody knows what became of a call."""
    connection.exec_driver_sql(UNANSWERED, {**vars(intent), "sends": sends, "asks": asks, "error": error[:2000]})
