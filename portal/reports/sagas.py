"""The processes that wait for a person, those in doubt, and those that run: whose, how much, and since when.

Money that came back from a customer's bank waits among those for a person, though its process has ended.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from portal.kernel.db import Tx

PAGE = 50


@dataclass(frozen=True)
class SagaRow:
    """One process. `number` is the order it belongs to, `amount` the money it moves."""

    kind: str
    key: str
    state: str
    attempts: int
    begun_at: datetime
    next_at: datetime | None
    parked_from: str | None
    park_reason: str | None
    last_error: str | None
    failing_since: datetime | None
    number: str | None
    amount: Decimal | None
    currency: str | None


SAGAS = """
SELECT s.kind, s.key, s.state, s.attempts, s.begun_at, s.next_at, s.parked_from, s.park_reason, s.last_error,
    s.failing_since, coalesce(refunded.number, paid.number), coalesce(r.amount, paid.charge),
    coalesce(refunded.currency, paid.currency)
FROM sagas s
LEFT JOIN orders paid ON s.kind IN ('payment', 'late_payment', 'late_refund') AND paid.number = s.key
LEFT JOIN refunds r ON r.id = CASE WHEN s.kind IN ('refund', 'repayment') THEN split_part(s.key, ':', 1)::uuid END
LEFT JOIN orders refunded ON refunded.id = r.order_id
WHERE {which}
ORDER BY s.begun_at
LIMIT :limit
"""
RETURNED = """
SELECT 'returned', r.id::text, 'returned', r.tries, a.updated_at, a.updated_at, NULL, a.answer, NULL, NULL, o.number,
    r.amount, r.currency
FROM payment_attempts a
JOIN refunds r ON r.attempt_key = a.key AND r.state IN ('sent', 'settled')
JOIN orders o ON o.id = r.order_id
WHERE a.kind = 'refund' AND a.state = 'failed' AND NOT EXISTS (
    SELECT FROM sagas s WHERE s.kind = 'repayment' AND s.key = r.id || ':' || r.tries + 1
        AND s.state NOT IN ('done', 'compensated', 'handed_over')
)
ORDER BY a.updated_at
LIMIT :limit
"""
WHICH = {
    "person": "s.park_reason IS NOT NULL",
    "doubt": "s.next_at IS NOT NULL AND s.failing_since IS NOT NULL",
    "running": "s.next_at IS NOT NULL",
}
"""Needs a person · fails or is in doubt, and is tried again · everything under way."""


def find_sagas(tx: Tx, which: str, *, limit: int = PAGE) -> list[SagaRow]:
    """The processes of one kind of `WHICH`; the oldest first, at most `limit`."""
    found = [SagaRow(*row) for row in tx.execute(text(SAGAS.format(which=WHICH[which])), {"limit": limit})]
    if which == "person":
        found += [SagaRow(*row) for row in tx.execute(text(RETURNED), {"limit": limit})]
    return sorted(found, key=lambda row: row.begun_at)[:limit]
