"""What became of offers, and the end of those whose time has begun. Bounded; several may do it at once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.domains import reservations
from portal.domains.reservations import Hold
from portal.domains.waiting.models import Entry
from portal.domains.waiting.outcomes import end
from portal.kernel.db import Tx

FATES = {"ordered": "taken", "confirmed": "taken", "cancelled": "taken", "ended": "missed"}
"""What the state of the hold that was offered says about the offer; one that is still held is still open."""


def settle(tx: Tx, *, now: datetime, limit: int = 200) -> int:
    """Writes down what became of offers, the first to end first, and ends what is over. Answers how many changed.

    A hold ends by itself, so a place that nobody took in time is free for the next whether or not this has run.
    """
    offers = select(Entry.id, Entry.hold_id).where(Entry.state == "offered").order_by(Entry.offer_ends_at)
    held = {entry_id: hold_id for entry_id, hold_id in tx.execute(offers.limit(limit)) if hold_id}
    holds = {hold.id: hold for hold in reservations.holds(tx, list(held.values()))} if held else {}
    done = {entry_id for entry_id, hold_id in held.items() if _fate(holds, hold_id, now)}
    for entry in _taken(tx, Entry.id.in_(done), Entry.state == "offered", limit=limit) if done else []:
        end(tx, entry, _fate(holds, entry.hold_id, now), now)
    over = _taken(tx, Entry.state == "waiting", Entry.starts_at <= now, limit=limit)
    for entry in over:
        end(tx, entry, "over", now)
    return len(done) + len(over)


def _fate(holds: Mapping[UUID, Hold], hold_id: UUID | None, now: datetime) -> str:
    hold = holds.get(hold_id) if hold_id else None
    return FATES.get(hold.state_at(now), "") if hold else ""


def _taken(tx: Tx, *which: object, limit: int) -> list[Entry]:
    """These entries, locked; what somebody else is changing is left to them."""
    query = select(Entry).where(*which).order_by(Entry.starts_at, Entry.id).limit(limit)  # type: ignore[arg-type]  # conditions
    locked = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return list(tx.scalars(locked))
