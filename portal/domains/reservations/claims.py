"""Taking units of a resource for a span of time: who waits, who goes first, and what counts as free.

The exclusion constraint alone keeps every promise about overlaps. The queue before it keeps the other one, that
everybody gets an answer: without it, racers for pairs of units wait for each other and both are thrown out.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, column, func, literal, select, table, text
from sqlalchemy.dialects.postgresql import Range

from portal.domains.reservations.changes import change, kept, lapsed
from portal.domains.reservations.models import Reservation
from portal.domains.reservations.terms import Terms
from portal.domains.reservations.timetable import Span, days_touched
from portal.kernel.db import Tx

_units = table("resource_units", column("resource_id"), column("unit"))


def in_range(resource_id: UUID, span: Span) -> ColumnElement[bool]:
    """Not cancelled, of this resource, touching this span: what the exclusion constraint's own index answers."""
    return and_(
        Reservation.resource_id == resource_id,
        Reservation.during.overlaps(Range(span.start, span.end)),
        Reservation.status != "CANCELLED",
    )


def free_at_a_glance(tx: Tx, terms: Terms, span: Span) -> int:
    """How many units look free throughout the span, without waiting for anybody. A hint: only a claim knows."""
    taken = select(func.count(Reservation.unit.distinct())).where(in_range(terms.resource_id, span), kept())
    return terms.units - tx.execute(taken).scalar_one()


def take_turn(tx: Tx, terms: Terms, span: Span, *, wait: timedelta) -> None:
    """Queues on the resource's days; the turn ends with the transaction. Raises LockNotAvailable after `wait`.

    The bound stays for the rest of the transaction: whoever has the turn must not wait long for anything either.
    """
    bound = {"wait": f"{wait // timedelta(milliseconds=1)}ms"}
    tx.execute(text("SELECT set_config('lock_timeout', :wait, true)"), bound)
    for turn in turns(terms.resource_id, days_touched(span.start, span.end, terms.zone)):
        tx.execute(select(func.pg_advisory_xact_lock(turn)))


def turns(resource_id: UUID, days: Sequence[object]) -> list[int]:
    """The lock numbers of these days in the one order in which everybody takes them."""
    digests = (hashlib.sha256(f"turn {resource_id} {day}".encode()).digest() for day in days)
    return sorted(int.from_bytes(digest[:8], "big", signed=True) for digest in digests)


def release_lapsed(tx: Tx, resource_id: UUID, span: Span) -> None:
    """Cancels holds in the way whose time is over; nothing else ever has to.

    A row that somebody is changing at this moment (checking out, extending) is left to them and counts as taken: to
    wait for it here could close a circle.
    """
    change(tx, in_range(resource_id, span), lapsed(), skip_locked=True, status="CANCELLED")


def pick_units(tx: Tx, terms: Terms, span: Span, quantity: int, *, lasting: timedelta) -> list[tuple[int, datetime]]:
    """The lowest free units, at most `quantity`, each with the end of its hold by the database's clock."""
    taken = select(literal(1)).where(in_range(terms.resource_id, span), Reservation.unit == _units.c.unit)
    free = (
        select(_units.c.unit, func.clock_timestamp() + lasting)
        .where(_units.c.resource_id == terms.resource_id, _units.c.unit <= terms.units, ~taken.exists())
        .order_by(_units.c.unit)
        .limit(quantity)
    )
    return [(unit, expires_at) for unit, expires_at in tx.execute(free)]
