"""The processes that wait for a person, and those under way: kind, key, state, why, and what happens next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from portal.kernel.db import Tx

PAGE = 50


@dataclass(frozen=True)
class SagaRow:
    """One process. `number` is the order it belongs to."""

    kind: str
    key: str
    state: str
    position: int
    attempts: int
    begun_at: datetime
    next_at: datetime
    park_reason: str | None
    last_error: str | None
    number: str | None


SAGAS = """
SELECT s.kind, s.key, s.state, s.position, s.attempts, s.begun_at, s.next_at, s.park_reason, s.last_error,
    CASE s.kind
        WHEN 'refund' THEN (SELECT o.number FROM refunds r JOIN orders o ON o.id = r.order_id WHERE r.id::text = s.key)
        ELSE s.key
    END AS number
FROM sagas s
WHERE s.state = ANY(:states)
ORDER BY s.begun_at
LIMIT :limit
"""
UNDER_WAY = ("ready", "running", "calling", "unknown", "waiting", "compensating")


def find_sagas(tx: Tx, *, parked: bool, limit: int = PAGE) -> list[SagaRow]:
    """Processes that wait for a person, or those under way; the oldest first, at most `limit`."""
    states = ["parked"] if parked else list(UNDER_WAY)
    return [SagaRow(*row) for row in tx.execute(text(SAGAS), {"states": states, "limit": limit})]
