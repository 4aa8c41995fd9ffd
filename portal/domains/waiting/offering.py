"""Offering a free place to the first in the line whose party fits: the hold, the entry and the mail in one transaction.

A process killed anywhere has made all of an offer or nothing; whoever looks next sees a row that says which.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select

from portal.domains import reservations
from portal.domains.reservations import Behind, Hold, Room
from portal.domains.waiting import rules
from portal.domains.waiting.mails import mail_offer
from portal.domains.waiting.models import Entry
from portal.domains.waiting.outcomes import OFFERS, end
from portal.domains.waiting.queries import Line
from portal.kernel.db import Tx, after_commit
from portal.kernel.errors import Invalid

PATIENCE = timedelta(seconds=1)


def offer_next(
    tx: Tx, line: Line, *, now: datetime, minutes: int, before: int, passed: list[Room] | None = None
) -> Entry | None:
    """Offers a place to the first who fits, for `minutes`, or until `before` minutes before it begins. None if there
    is no room for anybody, or somebody else is just looking after this line; the caller comes again for the next one.

    A party that does not fit is passed over and keeps its place (docs/adr/0013-waiting-list.md says why). `passed` is
    told the sizes from which on parties cannot have it at this moment.
    """
    if not _alone(tx, line):
        return None
    passed = [] if passed is None else passed
    lasting = rules.offer_minutes(now, line.starts_at, minutes=minutes, before=before)
    if lasting is None:
        passed += _everybody(tx, line)  # an offer would be over before it is read: who is there first may have it
        return None
    in_vain: dict[datetime, int] = {}
    while entry := _next(tx, line, in_vain):
        if reservations.has_since(tx, entry.account_id, line.product_id, entry.starts_at, entry.ends_at, entry.id):
            end(tx, entry, "taken", now)
            continue
        try:
            return _offer(tx, entry, _hold(tx, entry, now, lasting), now)
        except reservations.AlreadyYours:
            end(tx, entry, "taken", now)
        except reservations.SlotBusy:
            return None
        except (reservations.SlotTaken, Invalid):  # closed, off sale, fewer at once than before: nothing to offer now
            in_vain[entry.ends_at] = entry.quantity
            passed.append(Room(line.product_id, entry.starts_at, entry.ends_at, entry.quantity))
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
        idempotency_key=f"waiting {entry.id}",
        wait=PATIENCE,
        behind=Behind(from_line=True),
    )


def _offer(tx: Tx, entry: Entry, hold: Hold, now: datetime) -> Entry:
    until = hold.expires_at or now
    entry.state, entry.hold_id = "offered", hold.id
    entry.offered_at, entry.offer_ends_at = now, until
    tx.flush()
    mail_offer(tx, entry, hold, until)
    after_commit(tx, lambda: OFFERS.add("made"))
    return entry


def _next(tx: Tx, line: Line, in_vain: Mapping[datetime, int]) -> Entry | None:
    """Who has waited longest of those whose party is smaller than what was tried `in_vain` for the same end; an entry
    that its owner is changing at this moment is passed over."""
    too_large = [and_(Entry.ends_at == ends, Entry.quantity >= number) for ends, number in in_vain.items()]
    query = (
        select(Entry)
        .where(*_waits(line), not_(or_(false(), *too_large)))
        .order_by(Entry.joined_at, Entry.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return tx.scalars(query).first()


def _everybody(tx: Tx, line: Line) -> list[Room]:
    ends = tx.scalars(select(Entry.ends_at).where(*_waits(line)).distinct())
    return [Room(line.product_id, line.starts_at, one, 1) for one in ends]


def _waits(line: Line) -> tuple[ColumnElement[bool], ...]:
    return Entry.product_id == line.product_id, Entry.starts_at == line.starts_at, Entry.state == "waiting"


def _alone(tx: Tx, line: Line) -> bool:
    """One at a time looks after a line, so that two who pass over each other's rows do not change its order."""
    name = f"line {line.product_id} {line.starts_at.timestamp()}"
    return bool(tx.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))))
