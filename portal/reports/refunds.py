"""The staff's refund queue: what is asked for, by whom, for what, and what the provider says."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from portal.kernel.db import Tx

PAGE = 25
WAITING = ("requested", "approved", "sent")
"""Somebody waits for these to come to their end: those that wait longest come first. Of all others the newest."""
STATES = (*WAITING, "settled", "rejected", "cancelled")


@dataclass(frozen=True)
class RefundRow:
    """One line of the queue."""

    id: UUID
    order_number: str
    state: str
    amount: Decimal
    points: int
    currency: str
    reason: str
    created_at: datetime
    customer: str
    titles: str
    returned: bool
    """The bank gave the money back to us, and nobody has sent it again yet."""
    parked: bool
    withdrawn: bool
    """Its customer took it back before it was decided."""


REFUNDS = """
SELECT r.id, o.number, r.state, r.amount, r.points, r.currency, r.reason, r.created_at, a.name,
    (SELECT string_agg(l.title, ', ' ORDER BY l.position)
     FROM refund_lines rl JOIN order_lines l ON l.id = rl.order_line_id WHERE rl.refund_id = r.id) AS titles,
    coalesce(
        (SELECT p.state FROM payment_attempts p WHERE p.key = r.attempt_key AND r.state IN ('sent', 'settled')), ''
    ) = 'failed' AS returned,
    EXISTS (
        SELECT FROM sagas s WHERE s.kind = 'refund' AND s.key = r.id::text AND s.state = 'parked'
        UNION ALL SELECT FROM sagas s WHERE s.kind = 'late_refund' AND s.key = o.number AND s.state = 'parked'
        UNION ALL SELECT FROM moves m JOIN sagas s ON s.kind = 'move' AND s.key = m.number AND s.state = 'parked'
            WHERE m.refund_id = r.id
    ) AS parked,
    r.state = 'cancelled' AND r.decided_at IS NULL AS withdrawn
FROM refunds r
JOIN orders o ON o.id = r.order_id
JOIN accounts a ON a.id = o.account_id
WHERE r.part_of IS NULL AND (CAST(:state AS text) IS NULL OR r.state = :state)
    AND (CAST(:after AS timestamptz) IS NULL OR (r.created_at, r.id) {beyond} (:after, CAST(:after_id AS uuid)))
ORDER BY r.created_at {order}, r.id {order}
LIMIT :limit
"""


def find_refunds(
    tx: Tx, *, state: str | None = "requested", limit: int = PAGE, after: tuple[datetime, UUID] | None = None
) -> list[RefundRow]:
    """Refunds of a state or of all, at most `limit`, beyond the last one seen."""
    how = {"beyond": ">", "order": "ASC"} if state in WAITING else {"beyond": "<", "order": "DESC"}
    given = {
        "state": state,
        "after": after[0] if after else None,
        "after_id": after[1] if after else None,
        "limit": limit,
    }
    return [RefundRow(*row) for row in tx.execute(text(REFUNDS.format(**how)), given)]


def counts(tx: Tx) -> dict[str, int]:
    """How many refunds wait for a decision or are on their way; those at rest are not counted."""
    rows = tx.execute(
        text(
            "SELECT state, count(*) FROM refunds"
            " WHERE state IN ('requested', 'approved', 'sent') AND part_of IS NULL GROUP BY state"
        )
    )
    return dict(rows.all())
