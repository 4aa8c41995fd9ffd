"""Taking units of a resource for a span of time: who waits, who goes first, and what counts as free.

The exclusion constraint alone keeps every promise about overlaps. The queue before it keeps the other one, that
everybody gets an answer: without it, racers for pairs of units wait for each other and both are thrown out.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, bindparam, column, func, literal, select, table, text, update
from sqlalchemy.dialects.postgresql import Range

from portal.domains.reservations.changes import kept, lapsed
from portal.domains.reservations.models import Reservation
from portal.domains.reservations.terms import Terms
from portal.domains.reservations.timetable import Span, days_touched
from portal.kernel.db import Tx

# Written once, when the module is read: to build a statement anew for every claim costs more than to run it.
_units = table("resource_units", column("resource_id"), column("unit"))
TOUCHED = and_(
    Reservation.resource_id == bindparam("of"),
    Reservation.during.overlaps(bindparam("touching")),
    Reservation.status != "CANCELLED",
)
"""Not cancelled, of this resource, touching this span: what the exclusion constraint's own index answers."""

_COUNT_TAKEN = select(func.count(Reservation.unit.distinct())).where(TOUCHED, kept())
_QUEUE = text("SELECT pg_advisory_xact_lock(:turn) FROM set_config('lock_timeout', :bound, true)")
_LAPSED = select(Reservation.id).where(TOUCHED, lapsed()).with_for_update(skip_locked=True)
_RELEASE = (
    update(Reservation)
    .where(Reservation.id.in_(_LAPSED))
    .values(status="CANCELLED")
    .execution_options(synchronize_session=False)
)
_PICK = (
    select(_units.c.unit, func.clock_timestamp() + bindparam("lasting"))
    .where(
        _units.c.resource_id == bindparam("of"),
        _units.c.unit <= bindparam("units"),
        ~select(literal(1)).where(TOUCHED, Reservation.unit == _units.c.unit).exists(),
    )
    .order_by(_units.c.unit)
    .limit(bindparam("quantity"))
)


def asked(resource_id: UUID, span: Span) -> dict[str, object]:
    """The parameters of TOUCHED."""
    return {"of": resource_id, "touching": Range(span.start, span.end)}


def free_at_a_glance(tx: Tx, terms: Terms, span: Span) -> int:
    """How many units look free throughout the span, without waiting for anybody. A hint: only a claim knows."""
    return terms.units - int(tx.execute(_COUNT_TAKEN, asked(terms.resource_id, span)).scalar_one())


def take_turn(tx: Tx, terms: Terms, span: Span, *, wait: timedelta) -> None:
    """Queues on the resource's days; the turn ends with the transaction. Raises LockNotAvailable after `wait`.

    The bound stays for the rest of the transaction: whoever has the turn must not wait long for anything either.
    """
    bound = f"{wait // timedelta(milliseconds=1)}ms"
    for turn in turns(terms.resource_id, days_touched(span.start, span.end, terms.zone)):
        tx.execute(_QUEUE, {"turn": turn, "bound": bound})


def turns(resource_id: UUID, days: Sequence[object]) -> list[int]:
    """The lock numbers of these days in the one order in which everybody takes them."""
    digests = (hashlib.sha256(f"turn {resource_id} {day}".encode()).digest() for day in days)
    return sorted(int.from_bytes(digest[:8], "big", signed=True) for digest in digests)


def release_lapsed(tx: Tx, resource_id: UUID, span: Span) -> None:
    """Cancels holds in the way whose time is over; nothing else ever has to.

    A row that somebody is changing at this moment (checking out, extending) is left to them and counts as taken: to
    wait for it here could close a circle.
    """
    tx.execute(_RELEASE, asked(resource_id, span))


def pick_units(tx: Tx, terms: Terms, span: Span, quantity: int, *, lasting: timedelta) -> list[tuple[int, datetime]]:
    """The lowest free units, at most `quantity`, each with the end of its hold by the database's clock."""
    wish = {"units": terms.units, "quantity": quantity, "lasting": lasting}
    return [(unit, ends) for unit, ends in tx.execute(_PICK, asked(terms.resource_id, span) | wish)]
