"""Holding a time: a customer chooses, and the units are theirs until the hold ends, is let go, or is paid for."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg import errors as pg
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from portal.domains import catalog
from portal.domains.reservations import claims, rules
from portal.domains.reservations.changes import change, waiting
from portal.domains.reservations.errors import SlotBusy, SlotTaken
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.queries import find_by_key, find_live
from portal.domains.reservations.terms import Terms, calendar_of, terms_of
from portal.domains.reservations.timetable import Span
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, KeyReused
from portal.kernel.ids import new_id

WAIT = timedelta(seconds=3)
"""How long a claim stands in the queue of its day before it is told to try again."""
NOT_ON_SALE = N_("This cannot be booked at the moment.")


def hold(
    tx: Tx,
    *,
    account_id: UUID,
    product_id: UUID,
    starts_at: datetime,
    ends_at: datetime | None = None,
    quantity: int = 1,
    now: datetime,
    minutes: int,
    idempotency_key: str | None = None,
    wait: timedelta = WAIT,
) -> Hold:
    """Holds `quantity` units for `minutes`, at the price and the refund rule of this moment: all of them or none.

    `ends_at` may be left out where the length is fixed. `now` decides what is past, too soon, too far ahead and what it
    costs; the end of the hold is set and judged by the database's clock alone.

    The same idempotency key with the same request gives the same hold, whatever became of it; with another request it
    raises KeyReused. Without a key, choosing again what one already holds (a double click, the back button)
    gives that hold, and choosing it with another quantity replaces it: people change their minds about how many, and
    nobody expects to pay for both.

    Raises Invalid with faults on `product`, `start`, `end`, `quantity`; SlotTaken at once when it is full; SlotBusy
    when the turn did not come within `wait`. After these the caller's transaction is still good and nothing changed.
    """
    if faults := rules.zone_faults(starts_at, ends_at):
        raise Invalid(faults)
    request = _digest(product_id, starts_at, ends_at, quantity)
    if idempotency_key and (known := _replayed(tx, account_id, idempotency_key, request)):
        return known
    terms = terms_of(tx, product_id)
    price = catalog.price_at(tx, product_id, now) if terms else None
    if terms is None or price is None:
        raise Invalid({"product": NOT_ON_SALE})
    start, end = _checked(tx, terms, starts_at, ends_at, quantity, now)
    cost = catalog.total_for(price, quantity=quantity, minutes=(end - start) // rules.MINUTE)
    wanted = Hold(
        id=new_id(),
        account_id=account_id,
        product_id=product_id,
        resource_id=terms.resource_id,
        starts_at=start,
        ends_at=end,
        quantity=quantity,
        amount=cost.amount,
        currency=cost.currency,
        refund_rule_id=catalog.rule_in_force(product_id),  # an expression: read by the very INSERT
        idempotency_key=idempotency_key,
        request_hash=request if idempotency_key else None,
    )
    span = terms.padded(start, end)
    try:
        if claims.free_at_a_glance(tx, terms, span) < quantity and not _earlier(tx, wanted):
            raise SlotTaken
        with tx.begin_nested():
            claims.take_turn(tx, terms, span, wait=wait)
            return _claim(tx, terms, wanted, span, timedelta(minutes=minutes))
    except DBAPIError as error:
        return _answer(tx, wanted, error)


def _checked(
    tx: Tx, terms: Terms, starts_at: datetime, ends_at: datetime | None, quantity: int, now: datetime
) -> tuple[datetime, datetime]:
    """The start and the end in UTC. Raises Invalid with every fault that can be told at once."""
    faults: dict[str, rules.Fault] = {}
    if fault := rules.quantity_fault(terms, quantity):
        faults["quantity"] = fault
    if fault := rules.start_fault(terms, starts_at, now):
        raise Invalid(faults | {"start": fault})
    start = starts_at.astimezone(UTC)
    if ends_at is None and not terms.length_is_fixed:
        raise Invalid(faults | {"end": N_("Choose when it ends.")})
    length = terms.min_length if ends_at is None else ends_at - start
    if fault := rules.length_fault(terms, length):
        raise Invalid(faults | {"end": fault})
    day = start.astimezone(terms.zone).date()
    faults |= rules.calendar_faults(terms, calendar_of(tx, terms, day, day), start, start + length)
    if faults:
        raise Invalid(faults)
    return start, start + length


def _claim(tx: Tx, terms: Terms, wanted: Hold, span: Span, lasting: timedelta) -> Hold:
    """Whose turn it is looks again, frees what has lapsed and takes the lowest free units. Raises SlotTaken."""
    if earlier := _earlier(tx, wanted):
        if earlier.quantity == wanted.quantity:
            return earlier
        change(tx, Reservation.hold_id == earlier.id, waiting(), status="CANCELLED")
    claims.release_lapsed(tx, terms.resource_id, span)
    units = claims.pick_units(tx, terms, span, wanted.quantity, lasting=lasting)
    if len(units) < wanted.quantity:
        raise SlotTaken
    wanted.reservations = [
        Reservation(
            id=new_id(),
            resource_id=terms.resource_id,
            unit=unit,
            account_id=wanted.account_id,
            during=Range(span.start, span.end),
            status="PENDING",
            expires_at=expires_at,
        )
        for unit, expires_at in units
    ]
    tx.add(wanted)
    tx.flush()
    return wanted


def _answer(tx: Tx, wanted: Hold, error: DBAPIError) -> Hold:
    """What the database's no means: taken by code outside the queue, no turn in time, or the key's twin was first."""
    match error.orig:
        case pg.ExclusionViolation():
            raise SlotTaken from error
        case pg.LockNotAvailable() | pg.DeadlockDetected():
            raise SlotBusy from error
        case pg.UniqueViolation() if wanted.idempotency_key and (twin := _earlier(tx, wanted)):
            return twin
    raise error


def _earlier(tx: Tx, wanted: Hold) -> Hold | None:
    """The hold that this very wish already made: by its key, or, without one, by person, product and time."""
    if wanted.idempotency_key:
        return _replayed(tx, wanted.account_id, wanted.idempotency_key, wanted.request_hash)
    return find_live(tx, wanted)


def _replayed(tx: Tx, account_id: UUID, key: str, request: str | None) -> Hold | None:
    known = find_by_key(tx, account_id, key)
    if known and known.request_hash != request:
        raise KeyReused
    return known


def _digest(product_id: UUID, starts_at: datetime, ends_at: datetime | None, quantity: int) -> str:
    """The request as it was asked, so that a later change of the product does not make it another one."""
    end = ends_at.timestamp() if ends_at else ""
    asked = f"{product_id} {starts_at.timestamp()} {end} {quantity}"
    return hashlib.sha256(asked.encode()).hexdigest()
