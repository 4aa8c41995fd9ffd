"""Reading who waits: somebody's entries with their place in the line, and the lines there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, text, tuple_
from sqlalchemy.orm import aliased

from portal.domains import reservations
from portal.domains.waiting.models import ACTIVE, Entry
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

MOST_SHOWN = 100
# The fewest that somebody in a line wants, for each length. Joined, not listed as conditions: of hundreds of lines each
# would be looked up by itself and all that is waiting read besides.
SMALLEST = text("""
SELECT product_id, starts_at, ends_at, min(quantity)
FROM unnest(CAST(:products AS uuid[]), CAST(:starts AS timestamptz[])) AS line (product_id, starts_at)
JOIN waiting_entries USING (product_id, starts_at)
WHERE state = 'waiting'
GROUP BY product_id, starts_at, ends_at
""")


@dataclass(frozen=True)
class Line:
    """The line before one time of a product: who waits for any length of it."""

    product_id: UUID
    starts_at: datetime


@dataclass(frozen=True)
class Placed:
    """An entry and how many stand before it, itself included; 0 for one that does not wait."""

    entry: Entry
    place: int


def entries_of(tx: Tx, account_id: UUID, *, limit: int = MOST_SHOWN) -> list[Placed]:
    """What this person waits for or is offered, by time."""
    query = _placed().where(Entry.account_id == account_id, Entry.state.in_(ACTIVE))
    return [Placed(*row) for row in tx.execute(query.order_by(Entry.starts_at, Entry.id).limit(limit))]


def entry_of(tx: Tx, account_id: UUID, entry_id: UUID) -> Placed:
    """This person's entry, whatever became of it. Raises NotFound, also for somebody else's."""
    row = tx.execute(_placed().where(Entry.id == entry_id, Entry.account_id == account_id)).first()
    if row is None:
        raise NotFound
    return Placed(*row)


def get_entry(tx: Tx, entry_id: UUID) -> Entry:
    """The entry, for staff. Raises NotFound."""
    found = tx.get(Entry, entry_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def lines(tx: Tx, *, after: Line | None, limit: int) -> list[Line]:
    """Lines in which somebody waits, behind `after`, by time."""
    query = select(Entry.starts_at, Entry.product_id).where(Entry.state == "waiting").distinct()
    if after:
        query = query.where(tuple_(Entry.starts_at, Entry.product_id) > (after.starts_at, after.product_id))
    rows = tx.execute(query.order_by(Entry.starts_at, Entry.product_id).limit(limit))
    return [Line(product_id, starts_at) for starts_at, product_id in rows]


def with_room(tx: Tx, among: Sequence[Line]) -> list[Line]:
    """Those of these lines where somebody may fit in at this moment; who tries to hold it knows for certain."""
    if not among:
        return []
    given = {"products": [line.product_id for line in among], "starts": [line.starts_at for line in among]}
    found = reservations.with_room(tx, [reservations.Room(*row) for row in tx.execute(SMALLEST, given)])
    there = {(one.product_id, one.starts_at) for one in found}
    return [line for line in among if (line.product_id, line.starts_at) in there]


def _placed() -> Select[Entry, int]:
    before = aliased(Entry)
    place = (
        select(func.count())
        .where(
            before.state == "waiting",
            before.product_id == Entry.product_id,
            before.starts_at == Entry.starts_at,
            tuple_(before.joined_at, before.id) <= tuple_(Entry.joined_at, Entry.id),
            Entry.state == "waiting",
        )
        .scalar_subquery()
    )
    return select(Entry, place).execution_options(populate_existing=True)
