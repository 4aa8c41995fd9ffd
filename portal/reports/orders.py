"""The staff's list of orders: who ordered what, when it takes place, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from portal.kernel.db import Tx

PAGE = 25


@dataclass(frozen=True)
class OrderRow:
    """One line of the list. `parked`: a process of this order waits for a person."""

    id: UUID
    number: str
    state: str
    total: Decimal
    points_used: int
    currency: str
    placed_at: datetime
    customer: str
    email: str
    titles: str
    starts_at: datetime | None
    time_zone: str | None
    parked: bool


# What was typed is looked up first, each way by an index of its own, and bounded: numbers by their beginning, people by
# a part of their name or address. As a condition among the others it would be tried on every order there is.
NAMED = """(
    (SELECT id FROM orders WHERE number LIKE :number ORDER BY number USING ~<~ LIMIT 200)
    UNION
    SELECT theirs.id FROM orders theirs WHERE theirs.account_id = ANY(ARRAY(
        SELECT id FROM accounts WHERE email LIKE :like OR lower(name) LIKE :like LIMIT 200))
) named JOIN orders o ON o.id = named.id"""
ORDERS = """
SELECT o.id, o.number, o.state, o.total, o.points_used, o.currency, o.placed_at, a.name AS customer, a.email,
    lines.titles, lines.starts_at, lines.time_zone,
    EXISTS (
        SELECT FROM sagas s
        WHERE s.state = 'parked' AND s.kind IN ('payment', 'late_payment', 'late_refund') AND s.key = o.number
        UNION ALL
        SELECT FROM refunds r JOIN sagas s ON s.kind = 'refund' AND s.key = r.id::text
        WHERE r.order_id = o.id AND s.state = 'parked'
    ) AS parked
FROM {among}
JOIN accounts a ON a.id = o.account_id
CROSS JOIN LATERAL (
    SELECT string_agg(l.title, ', ' ORDER BY l.position) AS titles, min(h.starts_at) AS starts_at,
        min(r.time_zone) AS time_zone
    FROM order_lines l LEFT JOIN holds h ON h.id = l.hold_id LEFT JOIN resources r ON r.id = h.resource_id
    WHERE l.order_id = o.id
) lines
WHERE (CAST(:state AS text) IS NULL OR o.state = :state)
    AND (CAST(:before AS timestamptz) IS NULL OR (o.placed_at, o.id) < (:before, CAST(:before_id AS uuid)))
ORDER BY o.placed_at DESC, o.id DESC
LIMIT :limit
"""
ALL, SOME = text(ORDERS.format(among="orders o")), text(ORDERS.format(among=NAMED))


def find_orders(
    tx: Tx,
    *,
    q: str = "",
    state: str | None = None,
    limit: int = PAGE,
    before: tuple[datetime, UUID] | None = None,
) -> list[OrderRow]:
    """Orders, newest first, at most `limit`; `q` is the beginning of a number, or part of a name or an address."""
    said = q.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    named = {"number": f"{said.upper()}%", "like": f"%{said.lower()}%"} if said else {}
    given = {
        "state": state or None,
        "before": before[0] if before else None,
        "before_id": before[1] if before else None,
        "limit": limit,
    }
    return [OrderRow(*row) for row in tx.execute(SOME if said else ALL, given | named)]
