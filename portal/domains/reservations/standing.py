"""What stands on a resource: bookings to come, which staff must not pull the ground from under."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range

from portal.domains import resources
from portal.domains.reservations.changes import kept
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.timetable import DAY, Span, days_touched, with_closing
from portal.kernel.db import Tx

MOST_LOOKED_AT = 2000


@dataclass(frozen=True)
class Concerned:
    """A booking or hold that has something at that time: whose, when, and its order once there is one."""

    product_id: UUID
    account_id: UUID
    order_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    quantity: int


def within(tx: Tx, resource_id: UUID, start: datetime, end: datetime, *, limit: int = 20) -> list[Concerned]:
    """What is held or booked of the resource in this time, the earliest first; buffers do not count."""
    query = (
        select(Hold.product_id, Hold.account_id, Reservation.order_id, Hold.starts_at, Hold.ends_at, Hold.quantity)
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


def left_outside(
    tx: Tx,
    resource_id: UUID,
    before: Sequence[resources.Hours],
    after: Sequence[resources.Hours],
    *,
    zone: ZoneInfo,
    now: datetime,
    limit: int = 20,
) -> list[Concerned]:
    """What is held or booked for times to come that these hours had and those have not, the earliest first."""
    coming = within(tx, resource_id, now, datetime.max.replace(tzinfo=UTC), limit=MOST_LOOKED_AT)
    lost = [one for one in coming if _is_open(before, one, zone) and not _is_open(after, one, zone)]
    return lost[:limit]


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


def _is_open(hours: Sequence[resources.Hours], one: Concerned, zone: ZoneInfo) -> bool:
    """Whether the place is open from its start to its end by these hours."""
    days = days_touched(one.starts_at, one.ends_at, zone)
    spans = [Span(*span) for day in [days[0] - DAY, *days] for span in resources.opening_spans(hours, day, zone)]
    return any(span.start <= one.starts_at and one.ends_at <= closes for span, closes in with_closing(spans))
