"""Waiting lists as people read them: somebody's own entries, and all of them for staff."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from portal.kernel.db import Tx

PAGE = 25
MOST_OF_ONE = 50


@dataclass(frozen=True)
class MyWait:
    """What somebody waits for. `place`: how many stand before them, themselves included; an offer has its end and its
    amount instead."""

    id: UUID
    name: str
    slug: str
    cover: str
    starts_at: datetime
    ends_at: datetime
    quantity: int
    time_zone: str
    where: str
    place: int | None
    offer_ends_at: datetime | None
    amount: Decimal | None
    currency: str | None


@dataclass(frozen=True)
class WaitRow:
    """One line of the staff's list."""

    id: UUID
    state: str
    product_id: UUID
    product: str
    slug: str
    customer: str
    email: str
    starts_at: datetime
    time_zone: str
    quantity: int
    place: int | None
    joined_at: datetime
    offer_ends_at: datetime | None
    ended_at: datetime | None
    reason: str
    cursor: datetime


PLACE = """
    CASE w.state WHEN 'waiting' THEN (
        SELECT count(*) FROM waiting_entries b
        WHERE b.state = 'waiting' AND b.product_id = w.product_id AND b.starts_at = w.starts_at
          AND (b.joined_at, b.id) <= (w.joined_at, w.id)
    ) END AS place
"""
MINE = f"""
SELECT w.id, p.name, p.slug, p.cover, w.starts_at, w.ends_at, w.quantity, r.time_zone, r.place, {PLACE},
    (SELECT min(v.expires_at) FROM reservations v WHERE v.hold_id = w.hold_id), h.amount, h.currency
FROM waiting_entries w
JOIN products p ON p.id = w.product_id
JOIN resources r ON r.id = w.resource_id
LEFT JOIN holds h ON h.id = w.hold_id
WHERE w.account_id = :account_id AND w.state IN ('waiting', 'offered') AND w.starts_at > :now
    AND (w.state = 'waiting' OR EXISTS (
        SELECT FROM reservations v
        WHERE v.hold_id = w.hold_id AND v.status = 'PENDING' AND v.order_id IS NULL AND v.expires_at > :now
    ))
ORDER BY w.hold_id IS NULL, w.starts_at, w.id
LIMIT :limit
"""  # noqa: S608  # our own words
ROWS = f"""
SELECT w.id, w.state, w.product_id, p.name AS product, p.slug, a.name AS customer, a.email, w.starts_at, r.time_zone,
    w.quantity, {PLACE}, w.joined_at, w.offer_ends_at, w.ended_at, w.reason, {{by}} AS cursor
FROM waiting_entries w
JOIN products p ON p.id = w.product_id
JOIN resources r ON r.id = w.resource_id
JOIN accounts a ON a.id = w.account_id
WHERE {{which}} AND (CAST(:slug AS text) IS NULL OR p.slug = :slug)
    AND (CAST(:at AS timestamptz) IS NULL OR ({{by}}, w.id) {{behind}} (:at, CAST(:row AS uuid)))
ORDER BY {{by}} {{order}}, w.id {{order}}
LIMIT :limit
"""  # noqa: S608  # our own words
SOONEST = {"by": "w.starts_at", "behind": ">", "order": "ASC"}
WHICH = {
    "waiting": text(ROWS.format(which="w.state = 'waiting'", **SOONEST)),
    "offered": text(ROWS.format(which="w.state = 'offered'", **SOONEST)),
    "ended": text(ROWS.format(which="w.ended_at IS NOT NULL", by="w.ended_at", behind="<", order="DESC")),
}
"""What staff look at: who waits and who is offered a place, soonest first; what became of them, latest first."""
ONE = text(ROWS.format(which="w.id = :id", **SOONEST))


def waits_of(tx: Tx, account_id: UUID, *, now: datetime) -> list[MyWait]:
    """What somebody waits for or is offered at this moment: offers first, then by time."""
    given = {"account_id": account_id, "now": now, "limit": MOST_OF_ONE}
    return [MyWait(*row) for row in tx.execute(text(MINE), given)]


def find_waits(
    tx: Tx,
    which: str,
    *,
    slug: str | None = None,
    limit: int = PAGE,
    after: tuple[datetime, UUID] | None = None,
) -> list[WaitRow]:
    """Entries for staff, of one product if named, behind `after`."""
    at, row = after or (None, None)
    given = {"slug": slug, "at": at, "row": row, "limit": limit}
    return [WaitRow(*found) for found in tx.execute(WHICH[which], given)]


def find_wait(tx: Tx, entry_id: UUID) -> WaitRow | None:
    """One entry for staff."""
    given = {"id": entry_id, "slug": None, "at": None, "row": None, "limit": 1}
    return next((WaitRow(*found) for found in tx.execute(ONE, given)), None)
