"""A customer's own bookings: one row an order, by when it takes place; and the numbers of their orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from portal.kernel.db import Tx

PAGE = 20


@dataclass(frozen=True)
class BookingRow:
    """One order as its owner sees it. Without a booked time in it (goods only), `starts_at` is None."""

    id: UUID
    number: str
    state: str
    total: Decimal
    currency: str
    when: datetime
    title: str
    others: int
    cover: str
    product_id: UUID
    """The first of what was booked, which stands for all of it."""
    starts_at: datetime | None
    time_zone: str | None
    place: str | None


MINE = """
WITH mine AS (
    SELECT o.id, o.number, o.state, o.total, o.currency, coalesce(l.starts_at, o.placed_at) AS "when",
        coalesce(l.ends_at, o.placed_at) AS until, l.title, l.others, l.cover, l.product_id,
        l.starts_at, l.time_zone, l.place
    FROM orders o
    CROSS JOIN LATERAL (
        SELECT (array_agg(line.title ORDER BY h.starts_at, line.position))[1] AS title,
            count(*)::integer - 1 AS others,
            (array_agg(p.cover ORDER BY h.starts_at, line.position))[1] AS cover,
            (array_agg(p.id ORDER BY h.starts_at, line.position))[1] AS product_id,
            min(h.starts_at) AS starts_at, max(h.ends_at) AS ends_at,
            (array_agg(r.time_zone ORDER BY h.starts_at, line.position))[1] AS time_zone,
            (array_agg(r.place ORDER BY h.starts_at, line.position))[1] AS place
        FROM order_lines line
        JOIN products p ON p.id = line.product_id
        LEFT JOIN holds h ON h.id = line.hold_id
        LEFT JOIN resources r ON r.id = h.resource_id
        WHERE line.order_id = o.id
    ) l
    WHERE o.account_id = :account_id
)
SELECT id, number, state, total, currency, "when", title, others, cover, product_id, starts_at, time_zone,
    place FROM mine
"""
TO_COME = """
WHERE state NOT IN ('cancelled', 'refunded') AND until >= :now
    AND (CAST(:at AS timestamptz) IS NULL OR ("when", id) > (:at, CAST(:row AS uuid)))
ORDER BY "when", id LIMIT :limit
"""
PAST = """
WHERE state NOT IN ('cancelled', 'refunded') AND until < :now
    AND (CAST(:at AS timestamptz) IS NULL OR ("when", id) < (:at, CAST(:row AS uuid)))
ORDER BY "when" DESC, id DESC LIMIT :limit
"""
CANCELLED = """
WHERE state IN ('cancelled', 'refunded')
    AND (CAST(:at AS timestamptz) IS NULL OR ("when", id) < (:at, CAST(:row AS uuid)))
ORDER BY "when" DESC, id DESC LIMIT :limit
"""
WHICH = {"to-come": text(MINE + TO_COME), "past": text(MINE + PAST), "cancelled": text(MINE + CANCELLED)}


def bookings_of(
    tx: Tx,
    account_id: UUID,
    which: str,
    *,
    now: datetime,
    limit: int = PAGE,
    after: tuple[datetime, UUID] | None = None,
) -> list[BookingRow]:
    """Somebody's bookings: `to-come` (soonest first), `past` or `cancelled` (latest first), behind `after`."""
    at, row = after or (None, None)
    given = {"account_id": account_id, "now": now, "limit": limit, "at": at, "row": row}
    return [BookingRow(*found) for found in tx.execute(WHICH[which], given)]


def numbers_of(tx: Tx, account_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The numbers of these orders, as far as they are this person's."""
    query = text("SELECT id, number FROM orders WHERE account_id = :account_id AND id = ANY(:ids)")
    return {row.id: row.number for row in tx.execute(query, {"account_id": account_id, "ids": list(order_ids)})}
