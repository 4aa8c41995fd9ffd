"""What stands on a resource: bookings to come, which staff must not pull the ground from under."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from portal.domains.reservations.changes import kept
from portal.domains.reservations.models import Hold, Reservation
from portal.kernel.db import Tx


@dataclass(frozen=True)
class Concerned:
    """A booking or hold that has something at that time: whose, when, and its order once there is one."""

    product_id: UUID
    account_id: UUID
    order_id: UUID | None
    starts_at: datetime
    quantity: int


def within(tx: Tx, resource_id: UUID, start: datetime, end: datetime, *, limit: int = 20) -> list[Concerned]:
    """What is held or booked of the resource in this time, the earliest first; buffers do not count."""
    query = (
        select(Hold.product_id, Hold.account_id, Reservation.order_id, Hold.starts_at, Hold.quantity)
        .join(Reservation, Reservation.hold_id == Hold.id)
        .where(
            Reservation.resource_id == resource_id,
            Reservation.during.overlaps(Range(start, end)),
            Hold.starts_at < end,
            Hold.ends_at > start,
            kept(),
        )
        .distinct()
        .order_by(Hold.starts_at, Hold.account_id)
        .limit(limit)
    )
    return [Concerned(*row) for row in tx.execute(query)]


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
