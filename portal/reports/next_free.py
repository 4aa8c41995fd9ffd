"""When each of many products is next free: what the catalog tells, in as many statements for one as for all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from portal.domains import resources
from portal.domains.reservations.rules import state_of
from portal.domains.reservations.timetable import DAY, Span, grid, midnight, units_taken
from portal.kernel import clock
from portal.kernel.db import Tx

NEAR = 3
"""Days that are looked at first: most products have something free in them, so the long look is for few."""
FAR = 42
"""Days after which the list says «fully booked»; the product's own page looks as far as it can be booked."""

OFFERINGS = text("""
SELECT DISTINCT ON (o.product_id) o.product_id, o.resource_id, o.min_length, o.start_step, o.buffer_before,
    o.buffer_after, o.lead_time, o.horizon_days, r.units, r.time_zone, r.place
FROM offerings o JOIN resources r ON r.id = o.resource_id
WHERE o.product_id = ANY(:products) AND r.withdrawn_at IS NULL
ORDER BY o.product_id, o.id
""")
HOURS = text("""
SELECT resource_id, weekday, lower(minutes) AS opens, upper(minutes) AS closes
FROM opening_hours WHERE resource_id = ANY(:resources)
""")
CLOSURES = text("""
SELECT resource_id, lower(during) AS start, upper(during) AS "end"
FROM closures WHERE resource_id = ANY(:resources) AND during && tstzrange(:start, :end)
""")
TAKEN = text("""
SELECT resource_id, unit, lower(during) AS start, upper(during) AS "end"
FROM reservations
WHERE resource_id = ANY(:resources) AND during && tstzrange(:start, :end) AND status <> 'CANCELLED'
    AND (status = 'CONFIRMED' OR order_id IS NOT NULL OR expires_at > clock_timestamp())
ORDER BY resource_id, unit, during
""")


@dataclass(frozen=True)
class Outlook:
    """How a product looks from here. `start` is None when nothing is free; `state`: free, few, full or closed."""

    state: str
    start: datetime | None
    zone: ZoneInfo
    place: str


def next_free(
    tx: Tx,
    product_ids: Sequence[UUID],
    *,
    now: datetime,
    since: date | None = None,
    days: int = FAR,
    quantity: int = 1,
    length: timedelta | None = None,
) -> dict[UUID, Outlook]:
    """The first time each product can be booked, from the venue's day `since` (today) on, `days` days far.

    Products that cannot be booked at all are left out. `length`: as long as that; the shortest time unless given.
    """
    found: dict[UUID, Outlook] = {}
    offers = list(tx.execute(OFFERINGS, {"products": list(product_ids)})) if product_ids else []
    hours = _by_resource(tx.execute(HOURS, {"resources": [row.resource_id for row in offers]})) if offers else {}
    for first, last in ((0, min(NEAR, days) - 1), (NEAR, days - 1)):
        waiting = [row for row in offers if row.product_id not in found or found[row.product_id].start is None]
        if not waiting or last < first:
            break
        for row, outlook in _look(tx, waiting, hours, now, since, first, last, quantity, length):
            before = found.get(row.product_id)
            if before and before.state == "full" and outlook.state == "closed":
                continue
            found[row.product_id] = outlook
    return found


def _look(
    tx: Tx,
    offers: Sequence[Any],
    hours: dict[UUID, list[Any]],
    now: datetime,
    since: date | None,
    first: int,
    last: int,
    quantity: int,
    length: timedelta | None,
) -> Iterable[tuple[Any, Outlook]]:
    begin = datetime.combine(since, datetime.min.time(), now.tzinfo) if since else now
    # A day more on either side: venues live in other zones, and openings run past midnight.
    span = {"start": begin + (first - 2) * DAY, "end": begin + (last + 3) * DAY}
    asked = {"resources": list({row.resource_id for row in offers}), **span}
    closures = _by_resource(tx.execute(CLOSURES, asked))
    taken = _by_resource(tx.execute(TAKEN, asked))
    for row in offers:
        zone = clock.zone(row.time_zone)
        day = since or now.astimezone(zone).date()
        looked = [day + n * DAY for n in range(first, last + 1)]
        place = hours.get(row.resource_id, []), closures.get(row.resource_id, []), taken.get(row.resource_id, [])
        state, start = _first(row, zone, looked, *place, now, quantity, length)
        yield row, Outlook(state, start.astimezone(zone) if start else None, zone, row.place)


def _first(
    row: Any,
    zone: ZoneInfo,
    days: Sequence[date],
    hours: Sequence[Any],
    closures: Sequence[Any],
    taken: Sequence[Any],
    now: datetime,
    quantity: int,
    length: timedelta | None,
) -> tuple[str, datetime | None]:
    """How these days look for one product, and the first start in them."""
    minute = timedelta(minutes=1)
    week = [resources.Hours(hour.weekday, hour.opens, hour.closes) for hour in hours]
    around = [days[0] - DAY, *days, days[-1] + DAY]
    opened = sorted(Span(*span) for day in around for span in resources.opening_spans(week, day, zone))
    last_day = now.astimezone(zone).date() + row.horizon_days * DAY
    earliest = max(midnight(days[0], zone), now + row.lead_time * minute)
    latest = min(midnight(days[-1] + DAY, zone), midnight(last_day + DAY, zone))
    closed = [Span(closure.start, closure.end) for closure in closures]
    times = [
        Span(start, end)
        for start, end in grid(
            opened,
            within=Span(earliest, latest),
            step=row.start_step * minute,
            length=length or row.min_length * minute,
        )
        if not any(span.meets(start, end) for span in closed)
    ]
    if not times:
        return "closed", None
    times.sort()
    padded = [Span(time.start - row.buffer_before * minute, time.end + row.buffer_after * minute) for time in times]
    counts = units_taken(padded, [(unit.unit, unit.start, unit.end) for unit in taken])
    for time, count in zip(times, counts, strict=True):
        if (state := state_of(row.units - count, units=row.units, quantity=quantity)) != "full":
            return state, time.start
    return "full", None


def _by_resource(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for resource_id, group in groupby(rows, key=attrgetter("resource_id")):
        found[resource_id].extend(group)
    return found
