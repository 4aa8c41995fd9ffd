"""What stands on a resource: bookings to come, which staff must not pull the ground from under."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.domains.reservations.changes import kept
from portal.domains.reservations.models import Hold, Reservation
from portal.kernel.db import Tx


def starts_above(tx: Tx, resource_id: UUID, units: int, now: datetime) -> Sequence[datetime]:
    """When what is held or booked on a unit above this number begins, in order; what is over by `now` is left out."""
    query = (
        select(Hold.starts_at)
        .join(Reservation, Reservation.hold_id == Hold.id)
        .where(
            Reservation.resource_id == resource_id,
            Reservation.unit > units,
            func.upper(Reservation.during) > now,
            kept(),
        )
        .distinct()
        .order_by(Hold.starts_at)
    )
    return list(tx.scalars(query))
