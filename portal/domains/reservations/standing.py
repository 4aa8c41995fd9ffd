"""What stands on a resource: bookings to come, which staff must not pull the ground from under."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, func, select, tuple_
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange

from portal.domains import resources
from portal.domains.reservations.changes import KEPT, kept
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.timetable import DAY, Span, days_touched, with_closing
from portal.kernel import wire
from portal.kernel.db import Tx

MOST_TIMES = 20_000
"""Far more than a place has: every quarter of an hour of half a year."""

COUNT = f"""
SELECT (
    SELECT count(DISTINCT hold_id) FROM reservations JOIN holds ON holds.id = hold_id
    WHERE reservations.resource_id = %(of)s AND during && tstzrange(since, until) AND status <> 'CANCELLED' AND {KEPT}
      AND starts_at < until AND ends_at > since
)
FROM unnest(CAST(%(since)s AS timestamptz[]), CAST(%(until)s AS timestamptz[])) WITH ORDINALITY
    AS asked (since, until, number)
ORDER BY number
"""  # noqa: S608  # the rule is our own words


@dataclass(frozen=True)
class Concerned:
    """A booking or hold that has something at that time: whose, when, and its order once there is one."""

    product_id: UUID
    account_id: UUID
    order_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    quantity: int


def within(tx: Tx, resource_id: UUID, spans: Iterable[resources.Span], *, limit: int = 20) -> list[Concerned]:
    """What is held or booked of the resource in any of these spans, the earliest first; buffers do not count."""
    asked = bindparam("asked", MultiRange(Range(*span) for span in spans), TSTZMULTIRANGE)
    meets = Reservation.during.bool_op("&&")(asked), func.tstzrange(Hold.starts_at, Hold.ends_at).bool_op("&&")(asked)
    return _concerned(tx, resource_id, *meets, limit=limit)


def count_within(tx: Tx, resource_id: UUID, spans: Sequence[resources.Span]) -> list[int]:
    """How many bookings and holds meet each of these spans."""
    given = {"of": resource_id, "since": [span[0] for span in spans], "until": [span[1] for span in spans]}
    return [count for (count,) in wire.ask(tx, COUNT, given)]


def left_outside(
    tx: Tx,
    resource_id: UUID,
    before: Sequence[resources.Hours],
    after: Sequence[resources.Hours],
    *,
    zone: ZoneInfo,
    zone_before: ZoneInfo | None = None,
    now: datetime,
    limit: int = 20,
) -> list[Concerned]:
    """What is held or booked for times to come that these hours had and those have not, the earliest first;
    `zone_before`: if they were on another clock."""
    query = (
        select(Hold.starts_at, Hold.ends_at)
        .join(Reservation, Reservation.hold_id == Hold.id)
        .where(
            Reservation.resource_id == resource_id,
            Reservation.during.overlaps(Range(now, None)),
            Hold.ends_at > now,
            kept(),
        )
        .distinct()
        .order_by(Hold.starts_at, Hold.ends_at)
        .limit(MOST_TIMES)
    )
    lost = [
        (start, end)
        for start, end in tx.execute(query)
        if _is_open(before, start, end, zone_before or zone) and not _is_open(after, start, end, zone)
    ]
    if not lost:
        return []
    these = tuple_(Hold.starts_at, Hold.ends_at).in_(lost[:limit])  # each is of one booking at least
    return _concerned(tx, resource_id, Reservation.during.overlaps(Range(now, None)), these, limit=limit)


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


def _concerned(tx: Tx, resource_id: UUID, *which: ColumnElement[bool], limit: int) -> list[Concerned]:
    query = (
        select(Hold.product_id, Hold.account_id, Reservation.order_id, Hold.starts_at, Hold.ends_at, Hold.quantity)
        .join(Reservation, Reservation.hold_id == Hold.id)
        .where(Reservation.resource_id == resource_id, *which, kept())
        .distinct()
        .order_by(Hold.starts_at, Hold.account_id)
        .limit(limit)
    )
    return [Concerned(*row) for row in tx.execute(query)]


def _is_open(hours: Sequence[resources.Hours], start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether the place is open throughout by these hours."""
    days = days_touched(start, end, zone)
    spans = [Span(*span) for day in [days[0] - DAY, *days] for span in resources.opening_spans(hours, day, zone)]
    return any(span.start <= start and end <= closes for span, closes in with_closing(spans))
