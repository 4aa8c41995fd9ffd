"""What a customer does with a hold: a little longer, please; or: let it go."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, update

from portal.domains.reservations.changes import change, running, waiting
from portal.domains.reservations.errors import HoldEnded, HoldOrdered, NoMoreExtensions
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.queries import hold_of
from portal.kernel.db import Tx


def extend(tx: Tx, *, account_id: UUID, hold_id: UUID, now: datetime, minutes: int, max_extensions: int = 10) -> Hold:
    """Holds for `minutes` from this moment on, never shorter than before, at most `max_extensions` times.

    A time that has begun by `now` is not held any longer. Raises NotFound, HoldEnded, HoldOrdered, NoMoreExtensions.
    """
    found = hold_of(tx, account_id, hold_id)
    if found.starts_at <= now:
        raise HoldEnded([hold_id])
    with tx.begin_nested():
        later = func.greatest(Reservation.expires_at, func.clock_timestamp() + timedelta(minutes=minutes))
        changed = change(tx, Reservation.hold_id == hold_id, running(), expires_at=later)
        if changed[hold_id] < len(found.reservations):
            raise _lost(tx, account_id, hold_id)
        counted = tx.execute(
            update(Hold)
            .where(Hold.id == hold_id, Hold.extensions < max_extensions)
            .values(extensions=Hold.extensions + 1)
            .execution_options(synchronize_session=False)
        )
        if counted.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result counts rows
            raise NoMoreExtensions
    return hold_of(tx, account_id, hold_id)


def release(tx: Tx, *, account_id: UUID, hold_id: UUID) -> None:
    """Lets the hold go, so that others can book; also one that has run out, and again. Raises NotFound, HoldOrdered."""
    hold_of(tx, account_id, hold_id)
    released = change(tx, Reservation.hold_id == hold_id, waiting(), status="CANCELLED")
    if not released and hold_of(tx, account_id, hold_id).order_id:
        raise HoldOrdered


def _lost(tx: Tx, account_id: UUID, hold_id: UUID) -> HoldEnded | HoldOrdered:
    return HoldOrdered() if hold_of(tx, account_id, hold_id).order_id else HoldEnded([hold_id])
