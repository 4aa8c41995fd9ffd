"""When each of many products is next free: what the catalog tells, in as many statements for one as for all."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from portal.domains import resources
from portal.domains.reservations import sheet
from portal.domains.reservations.rules import state_of, window
from portal.domains.reservations.terms import Terms
from portal.domains.reservations.timetable import DAY, Span
from portal.kernel import clock
from portal.kernel.db import Tx

NEAR = 3
"""Days that are looked at first: most products have something free in them, so the long look is for few."""
FAR = 42
"""Days after which the list says «fully booked»; the product's own page looks as far as it can be booked."""

# The product's own resource and, where it has parts, whatever else serves them; a part whose resources are all out of
# use has a line without one.
OFFERINGS = text("""
SELECT o.product_id, o.min_length, o.max_length, o.length_step, o.start_step, o.buffer_before, o.buffer_after,
    o.lead_time, o.horizon_days, o.max_quantity, coalesce(part.number, 0) AS number,
    coalesce(part.once, false) AS once, r.id AS resource_id, r.units, r.time_zone, r.place
FROM offerings o
LEFT JOIN offering_parts part ON part.product_id = o.product_id
LEFT JOIN offering_places place ON place.product_id = o.product_id AND place.number = part.number
LEFT JOIN resources r ON r.withdrawn_at IS NULL
    AND (r.id = place.resource_id OR r.id = o.resource_id AND coalesce(part.number, 0) = 0)
WHERE o.product_id = ANY(:products)
    AND EXISTS (SELECT 1 FROM resources own WHERE own.id = o.resource_id AND own.withdrawn_at IS NULL)
ORDER BY o.product_id, number, r.id <> o.resource_id, lower(r.name), r.id
""")
HOURS = text("""
SELECT resource_id, weekday, lower(minutes), upper(minutes), lower(days), upper(days)
FROM opening_hours WHERE resource_id = ANY(:resources) ORDER BY resource_id
""")
CLOSURES = text("""
SELECT resource_id, lower(during) AS start, upper(during) AS "end"
FROM closures WHERE resource_id = ANY(:resources) AND during && tstzrange(:start, :end) ORDER BY resource_id
""")
TAKEN = text(f"""
{sheet.TAKEN}
WHERE resource_id = ANY(:resources) AND during && tstzrange(:start, :end) AND status <> 'CANCELLED'
    AND (status = 'CONFIRMED' OR order_id IS NOT NULL OR expires_at > clock_timestamp())
GROUP BY resource_id, unit
""")  # our own words
MINUTES = ("min_length", "max_length", "length_step", "start_step", "buffer_before", "buffer_after", "lead_time")


@dataclass(frozen=True)
class Outlook:
    """How a product looks from here. `start` is None when nothing is free; `state`: free, few, full or closed."""

    state: str
    start: datetime | None
    zone: ZoneInfo
    place: str


@dataclass(frozen=True)
class Offer:
    """A product, where it is told to be, and its parts: who can serve each, and whether one serves all who come."""

    product_id: UUID
    place: str
    parts: Sequence[tuple[bool, Sequence[Terms]]]

    @property
    def terms(self) -> Terms:
        return self.parts[0][1][0]


def next_free(
    tx: Tx,
    product_ids: Sequence[UUID],
    *,
    now: datetime,
    since: date | None = None,
    days: int = FAR,
    quantity: int = 1,
    length: timedelta | None = None,
    served_by: Sequence[UUID] = (),
) -> dict[UUID, Outlook]:
    """The first time each product can be booked, from the venue's day `since` (today) on, `days` days far.

    Products that cannot be booked at all are left out. `length`: as long as that; the shortest time unless given.
    `served_by`: of a part that has any of these resources, these only.
    """
    found: dict[UUID, Outlook] = {}
    offers = _offers(tx, product_ids, set(served_by)) if product_ids else []
    for first, last in ((0, min(NEAR, days) - 1), (NEAR, days - 1)):
        waiting = [offer for offer in offers if offer.product_id not in found or not found[offer.product_id].start]
        if not waiting or last < first:
            break
        for offer, outlook in _look(tx, waiting, now, since, first, last, quantity, length):
            before = found.get(offer.product_id)
            if before and before.state == "full" and outlook.state == "closed":
                continue
            found[offer.product_id] = outlook
    return found


def _offers(tx: Tx, product_ids: Sequence[UUID], served_by: Set[UUID]) -> list[Offer]:
    rows = list(tx.execute(OFFERINGS, {"products": list(product_ids)}))
    ids = list({row.resource_id for row in rows if row.resource_id})
    hours: dict[UUID, list[resources.Hours]] = defaultdict(list)
    for row in tx.execute(HOURS, {"resources": ids}) if ids else ():
        resource_id, *opening = row
        hours[resource_id].append(resources.Hours(*opening))
    offers = []
    for product_id, of_product in groupby(rows, key=attrgetter("product_id")):
        serving = [(number, list(found)) for number, found in groupby(of_product, key=attrgetter("number"))]
        parts = []
        for _, found in serving:
            wished = [row for row in found if row.resource_id in served_by] or found
            parts.append((found[0].once, [_terms(row, hours) for row in wished if row.resource_id]))
        offers.append(Offer(product_id, serving[0][1][0].place, parts))
    return offers


def _terms(row: Any, hours: dict[UUID, list[resources.Hours]]) -> Terms:
    given: dict[str, Any] = {name: timedelta(minutes=getattr(row, name)) for name in MINUTES}
    return Terms(
        product_id=row.product_id,
        resource_id=row.resource_id,
        units=row.units,
        zone=clock.zone(row.time_zone),
        horizon_days=row.horizon_days,
        max_quantity=row.max_quantity,
        hours=hours[row.resource_id],
        **given,
    )


def _look(
    tx: Tx,
    offers: Sequence[Offer],
    now: datetime,
    since: date | None,
    first: int,
    last: int,
    quantity: int,
    length: timedelta | None,
) -> Iterable[tuple[Offer, Outlook]]:
    begin = datetime.combine(since, datetime.min.time(), now.tzinfo) if since else now
    # A day more on either side: venues live in other zones, and openings run past midnight.
    span = {"start": begin + (first - 2) * DAY, "end": begin + (last + 3) * DAY}
    asked = {"resources": list({one.resource_id for o in offers for _, some in o.parts for one in some}), **span}
    closures: dict[UUID, list[Span]] = defaultdict(list)
    for row in tx.execute(CLOSURES, asked):
        closures[row.resource_id].append(Span(row.start, row.end))
    taken = sheet.by_resource((row[0], row[1], row[2]) for row in tx.execute(TAKEN, asked))
    for offer in offers:
        zone = offer.terms.zone
        day = since or now.astimezone(zone).date()
        parts = [
            sheet.Part(
                [sheet.Row(one, closures[one.resource_id], taken.get(one.resource_id, ())) for one in some], once
            )
            for once, some in offer.parts
        ]
        page = sheet.fill(parts, day + first * DAY, day + last * DAY, length=length or offer.terms.min_length)
        state, start = _first(page, window(offer.terms, now), quantity)
        yield offer, Outlook(state, start.astimezone(zone) if start else None, zone, offer.place)


def _first(page: sheet.Sheet, open_now: Span, quantity: int) -> tuple[str, datetime | None]:
    """How these days look for one product, and the first start in them."""
    state = "closed"
    earliest, latest = (bisect_left(page.starts, moment.timestamp()) for moment in (open_now.start, open_now.end))
    for at in range(earliest, latest):
        if page.closed[at]:
            continue
        state = state_of(page.available[at], scarce=bool(page.scarce[at]), quantity=quantity)
        if state != "full":
            return state, datetime.fromtimestamp(page.starts[at], UTC)
    return state, None
