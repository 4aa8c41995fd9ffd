"""When each of many products is next free: what the catalog tells, in as many statements for one as for all."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.domains import resources
from portal.domains.reservations import sheet
from portal.domains.reservations.rules import state_of, window
from portal.domains.reservations.terms import Terms
from portal.domains.reservations.timetable import DAY, Span
from portal.kernel import clock, wire
from portal.kernel.db import Tx

NEAR = 3
"""Days that are looked at first: most products have something free in them, so the long look is for few."""
FAR = 42
"""Days after which the list says «fully booked»; the product's own page looks as far as it can be booked."""

# The product's own resource and, where it has parts, whatever else serves them, each with its week; a part whose
# resources are all out of use has a line without one.
OFFERINGS = """
SELECT o.product_id, coalesce(part.number, 0), coalesce(part.once, false), r.id, r.units, r.time_zone, r.place,
    ARRAY(
        SELECT ARRAY[weekday, lower(minutes), upper(minutes), lower(days) - DATE '2000-01-01',
                     upper(days) - DATE '2000-01-01'] FROM opening_hours WHERE resource_id = r.id
    ),
    o.min_length, o.max_length, o.length_step, o.start_step, o.buffer_before, o.buffer_after, o.lead_time,
    o.horizon_days, o.max_quantity
FROM offerings o
LEFT JOIN offering_parts part ON part.product_id = o.product_id
LEFT JOIN offering_places place ON place.product_id = o.product_id AND place.number = part.number
LEFT JOIN resources r ON r.withdrawn_at IS NULL
    AND (r.id = place.resource_id OR r.id = o.resource_id AND coalesce(part.number, 0) = 0)
WHERE o.product_id IN (%(products)s)
    AND EXISTS (SELECT FROM resources own WHERE own.id = o.resource_id AND own.withdrawn_at IS NULL)
ORDER BY o.product_id, 2, r.id <> o.resource_id, lower(r.name), r.id
"""
CLOSURES = """
SELECT resource_id, lower(during), upper(during)
FROM closures WHERE resource_id IN (%(resources)s) AND during && tstzrange(%(start)s, %(end)s) ORDER BY resource_id
"""
TAKEN = f"""
{sheet.TAKEN}
WHERE resource_id IN (%(resources)s) AND during && tstzrange(%(start)s, %(end)s) AND status <> 'CANCELLED'
    AND (status = 'CONFIRMED' OR order_id IS NOT NULL OR expires_at > clock_timestamp())
GROUP BY resource_id, unit
"""  # our own words
MINUTES = ("min_length", "max_length", "length_step", "start_step", "buffer_before", "buffer_after", "lead_time")


@dataclass(frozen=True)
class Outlook:
    """How a product looks from here. `start` is None when nothing is free; `state`: free, few, full or closed."""

    state: str
    start: datetime | None
    zone: ZoneInfo
    place: str


class Line(NamedTuple):
    """A row of OFFERINGS: a resource that serves a part of the product, and the product's rules of time."""

    product_id: UUID
    number: int
    once: bool
    resource_id: UUID | None
    units: int
    time_zone: str
    place: str
    week: Sequence[Sequence[Any]]
    min_length: int
    max_length: int
    length_step: int
    start_step: int
    buffer_before: int
    buffer_after: int
    lead_time: int
    horizon_days: int
    max_quantity: int


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
    lines = (Line(*row) for row in wire.ask(tx, *wire.each(OFFERINGS, "products", product_ids)))
    offers = []
    for product_id, of_product in groupby(lines, key=attrgetter("product_id")):
        serving = [list(found) for _, found in groupby(of_product, key=attrgetter("number"))]
        parts = []
        for found in serving:
            wished = [line for line in found if line.resource_id in served_by] or found
            parts.append((found[0].once, [_terms(line, line.resource_id) for line in wished if line.resource_id]))
        offers.append(Offer(product_id, serving[0][0].place, parts))
    return offers


def _terms(line: Line, resource_id: UUID) -> Terms:
    given: dict[str, Any] = {name: timedelta(minutes=getattr(line, name)) for name in MINUTES}
    return Terms(
        product_id=line.product_id,
        resource_id=resource_id,
        units=line.units,
        zone=clock.zone(line.time_zone),
        horizon_days=line.horizon_days,
        max_quantity=line.max_quantity,
        hours=[resources.stored_hours(*opening) for opening in line.week],
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
    closed, booked = _closed_and_booked(
        tx, {one.resource_id for o in offers for _, some in o.parts for one in some}, span
    )
    closures: dict[UUID, list[Span]] = defaultdict(list)
    for resource_id, *closure in closed:
        closures[resource_id].append(Span(*closure))
    taken = sheet.by_resource(booked)
    for offer in offers:
        zone = offer.terms.zone
        day = since or now.astimezone(zone).date()
        parts = [
            sheet.Part(
                [sheet.Row(one, closures[one.resource_id], taken.get(one.resource_id, ())) for one in some], once
            )
            for once, some in offer.parts
        ]
        days, open_now = (day + first * DAY, day + last * DAY), window(offer.terms, now)
        page = sheet.fill(parts, *days, length=length or offer.terms.min_length, since=open_now.start)
        state, start = _first(page, open_now, quantity)
        yield offer, Outlook(state, start.astimezone(zone) if start else None, zone, offer.place)


def _closed_and_booked(tx: Tx, resource_ids: Set[UUID], span: Mapping[str, datetime]) -> Sequence[Sequence[Any]]:
    if not resource_ids:
        return (), ()
    asked = [wire.each(sql, "resources", resource_ids) for sql in (CLOSURES, TAKEN)]
    return wire.ask_all(tx, *((sql, {**ids, **span}) for sql, ids in asked))


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
