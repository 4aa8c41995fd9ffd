"""Offering a free place to the first in the line whose party fits: the hold, the entry and the mail in one transaction.

A process killed anywhere has made all of an offer or nothing; whoever looks next sees a row that says which.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.domains import reservations
from portal.domains.reservations import Hold
from portal.domains.waiting import rules
from portal.domains.waiting.mails import mail_offer
from portal.domains.waiting.models import Entry
from portal.domains.waiting.outcomes import OFFERS, end
from portal.domains.waiting.queries import Line
from portal.kernel.db import Tx, after_commit
from portal.kernel.errors import Invalid

MOST_LOOKED_AT = 200
"""How far down a line somebody who fits is looked for at a time."""
PATIENCE = timedelta(seconds=1)


def offer_next(tx: Tx, line: Line, *, now: datetime, minutes: int, before: int) -> Entry | None:
    """Offers a place to the first who fits, for `minutes`, or until `before` minutes before it begins. None if there
    is no room for anybody, or somebody else is just looking after this line; the caller comes again for the next one.

    A party that does not fit is passed over and keeps its place (docs/adr/0013-waiting-list.md says why).
    """
    lasting = rules.offer_minutes(now, line.starts_at, minutes=minutes, before=before)
    if lasting is None or not _alone(tx, line):
        return None
    too_many: dict[datetime, int] = {}
    for entry in _in_order(tx, line):
        if entry.quantity >= too_many.get(entry.ends_at, entry.quantity + 1):
            continue
        if reservations.has_since(tx, entry.account_id, line.product_id, entry.starts_at, entry.ends_at, entry.id):
            end(tx, entry, "taken", now)
            continue
        try:
            return _offer(tx, entry, _hold(tx, entry, now, lasting), now)
        except reservations.SlotTaken:
            too_many[entry.ends_at] = entry.quantity
        except reservations.AlreadyYours:
            end(tx, entry, "taken", now)
        except reservations.SlotBusy:
            return None
        except Invalid:
            continue  # closed, off sale, fewer at once than before: nothing to offer now
    return None


def _hold(tx: Tx, entry: Entry, now: datetime, lasting: int) -> Hold:
    return reservations.hold(
        tx,
        account_id=entry.account_id,
        product_id=entry.product_id,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        quantity=entry.quantity,
        now=now,
        minutes=lasting,
        idempotency_key=f"waiting:{entry.id}",
        wait=PATIENCE,
        from_line=True,
    )


def _offer(tx: Tx, entry: Entry, hold: Hold, now: datetime) -> Entry:
    until = hold.expires_at or now
    entry.state, entry.hold_id = "offered", hold.id
    entry.offered_at, entry.offer_ends_at = now, until
    tx.flush()
    mail_offer(tx, entry, hold, until)
    after_commit(tx, lambda: OFFERS.add("made"))
    return entry


def _in_order(tx: Tx, line: Line) -> Iterator[Entry]:
    """Who waits, the longest first; an entry that its owner is changing at this moment is passed over."""
    query = (
        select(Entry)
        .where(Entry.product_id == line.product_id, Entry.starts_at == line.starts_at, Entry.state == "waiting")
        .order_by(Entry.joined_at, Entry.id)
        .limit(MOST_LOOKED_AT)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return iter(list(tx.scalars(query)))


def _alone(tx: Tx, line: Line) -> bool:
    """One at a time looks after a line, so that two who pass over each other's rows do not change its order."""
    name = f"line {line.product_id} {line.starts_at.timestamp()}"
    return bool(tx.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))))
