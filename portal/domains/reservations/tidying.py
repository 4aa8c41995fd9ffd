"""Tidying up: holds whose time is over are marked as cancelled, so that lists are short. Nothing depends on it."""

from sqlalchemy import func, select, update

from portal.domains.reservations.changes import lapsed
from portal.domains.reservations.models import Reservation
from portal.kernel.db import Tx


def release_expired(tx: Tx, *, limit: int) -> int:
    """Cancels at most `limit` lapsed reservations, passing over rows that somebody is changing; returns how many."""
    # By the transaction's clock once more: an index can be asked for what it says, so that holds that run are not read.
    over = select(Reservation.id).where(lapsed(), Reservation.expires_at <= func.now())
    over = over.limit(limit).with_for_update(skip_locked=True)
    done = tx.execute(
        update(Reservation)
        .where(Reservation.id.in_(over.scalar_subquery()))
        .values(status="CANCELLED")
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result counts rows
