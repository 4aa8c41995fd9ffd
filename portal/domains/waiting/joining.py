"""Getting into a line and out of it: joining, leaving, saying no to an offer, being taken off by staff."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.domains import audit, reservations
from portal.domains.waiting.errors import FreeNow, OfferTaken, TooManyEntries
from portal.domains.waiting.models import ACTIVE, Entry
from portal.domains.waiting.outcomes import end
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound
from portal.kernel.fields import reason_fault
from portal.kernel.slugs import hold_lock

WHY = N_("Say why, in a few words: it is kept with the entry.")


def join(
    tx: Tx,
    *,
    account_id: UUID,
    product_id: UUID,
    starts_at: datetime,
    ends_at: datetime | None = None,
    quantity: int = 1,
    now: datetime,
    most: int = 20,
) -> Entry:
    """Stands in line for this time with a party of `quantity`. Who stands there already keeps their place, and brings
    as many as they say now; who is being offered it keeps the offer.

    Raises Invalid with the faults `reservations.hold` would have; FreeNow where it can be booked instead;
    TooManyEntries.
    """
    wish = reservations.asked(
        tx, product_id=product_id, starts_at=starts_at, ends_at=ends_at, quantity=quantity, now=now
    )
    # One after the other, so that two requests of one person are one entry and the number of them is right.
    hold_lock(tx, f"waiting {account_id}")
    mine = select(Entry).where(Entry.account_id == account_id, Entry.state.in_(ACTIVE)).with_for_update()
    known = list(tx.scalars(mine.execution_options(populate_existing=True)))
    same = next((one for one in known if (one.product_id, one.starts_at) == (product_id, wish.starts_at)), None)
    if same:
        if same.state == "waiting":
            same.quantity, same.ends_at = quantity, wish.ends_at
            tx.flush()
        return same
    if wish.free and not _anybody(tx, product_id, wish.starts_at):
        raise FreeNow
    if len(known) >= most:
        raise TooManyEntries(most=most)
    entry = Entry(
        account_id=account_id,
        product_id=product_id,
        resource_id=wish.resource_id,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        quantity=quantity,
    )
    tx.add(entry)
    tx.flush()
    return entry


def leave(tx: Tx, *, account_id: UUID, entry_id: UUID, now: datetime) -> Entry:
    """Out of the line; or no, thank you, to an offer, whose place is free then. Again it changes nothing.

    Raises NotFound, OfferTaken.
    """
    entry = _locked(tx, entry_id)
    if entry.account_id != account_id:
        raise NotFound
    if entry.state == "waiting":
        end(tx, entry, "left", now)
    elif entry.state == "offered" and entry.hold_id:
        _let_go(tx, entry.account_id, entry.hold_id)
        end(tx, entry, "declined", now)
    return entry


def remove(tx: Tx, entry_id: UUID, *, reason: str, now: datetime, by: UUID) -> Entry:
    """Staff take somebody off the list, and say why; what was offered is free then. Raises NotFound, Invalid on
    `reason`, OfferTaken."""
    reason = reason.strip()
    if fault := reason_fault(reason, WHY):
        raise Invalid({"reason": fault})
    entry = _locked(tx, entry_id)
    if entry.state in ACTIVE:
        if entry.hold_id:
            _let_go(tx, entry.account_id, entry.hold_id)
        entry.reason = reason
        end(tx, entry, "removed", now)
        audit.record(
            tx, by, "waiting.removed", "product", str(entry.product_id), reason=reason, account=entry.account_id
        )
    return entry


def _locked(tx: Tx, entry_id: UUID) -> Entry:
    found = tx.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _let_go(tx: Tx, account_id: UUID, hold_id: UUID) -> None:
    try:
        reservations.release(tx, account_id=account_id, hold_id=hold_id)
    except reservations.HoldOrdered as ordered:
        raise OfferTaken from ordered


def _anybody(tx: Tx, product_id: UUID, starts_at: datetime) -> bool:
    waits = Entry.product_id == product_id, Entry.starts_at == starts_at, Entry.state == "waiting"
    return bool(tx.scalar(select(func.count()).where(*waits)))
