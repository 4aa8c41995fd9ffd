"""Reads resources, their week, their closures, and what is offered on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import func, select

from portal.domains.resources.models import Offering, OpeningHours, Resource
from portal.domains.resources.rules import Hours, Span, stored_hours
from portal.kernel import questions, rows, wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

# Read for every hold and every page of slots, so in one statement: the place, the rules of time there, its week, and
# what is closed about the moment asked for (no booking is longer than a day, no clock change more than hours).
OFFERED = """
SELECT resource_id, units, time_zone, min_length, max_length, length_step, start_step, buffer_before, buffer_after,
       lead_time, horizon_days, max_quantity, once_each,
       ARRAY(
           SELECT ARRAY[weekday, lower(minutes), upper(minutes), lower(days) - DATE '2000-01-01',
                        upper(days) - DATE '2000-01-01'] FROM opening_hours
           WHERE resource_id = resources.id ORDER BY weekday, minutes
       ) AS week,
       ARRAY(
           SELECT during FROM closures
           WHERE resource_id = resources.id
             AND during && tstzrange(
                 CAST(%(about)s AS timestamptz) - interval '2 days', CAST(%(about)s AS timestamptz) + interval '3 days'
             )
           ORDER BY during
       ) AS closed,
       EXISTS (SELECT 1 FROM offering_places WHERE offering_places.product_id = offerings.product_id) AS in_parts
FROM offerings JOIN resources ON resources.id = resource_id
WHERE product_id = %(product_id)s AND withdrawn_at IS NULL
ORDER BY offerings.id LIMIT 1
"""
PLACES = "SELECT id, name, place, time_zone FROM resources WHERE id IN (%(resource_ids)s)"
OFFERING = f"""
SELECT {rows.columns(Offering)}, {rows.columns(Resource)}
FROM offerings JOIN resources ON resources.id = resource_id
WHERE product_id = %(product_id)s AND withdrawn_at IS NULL
ORDER BY offerings.id LIMIT 1
"""  # noqa: S608  # our own words
CLOSED = """
SELECT id, lower(during), upper(during), reason FROM closures
WHERE resource_id = %(resource_id)s AND during && tstzrange(%(since)s, %(until)s)
  AND (series_id IS NULL OR lower(during) < %(again_until)s)
ORDER BY during LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Offered:
    """Where a product can be booked and by which rules of time (as in Offering, in minutes), and when it is open."""

    resource_id: UUID
    units: int
    time_zone: str
    min_length: int
    max_length: int
    length_step: int
    start_step: int
    buffer_before: int
    buffer_after: int
    lead_time: int
    horizon_days: int
    max_quantity: int
    once_each: bool
    hours: Sequence[Hours]
    closed: Sequence[Span]
    """Closures about the moment that was asked for; none where none was."""
    in_parts: bool
    """Whether more than this resource can serve it or is needed for it: `parts_of` says which."""


@dataclass(frozen=True)
class Place:
    """A resource as a customer is told of it."""

    id: UUID
    name: str
    place: str
    time_zone: str


@dataclass(frozen=True)
class ClosedTime:
    """A closure as it is read: an instant to an instant, and why."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: str


def get_resource(tx: Tx, resource_id: UUID) -> Resource:
    """The resource, withdrawn or not. Raises NotFound."""
    resource = rows.get(tx, Resource, resource_id)
    if resource is None:
        raise NotFound
    return resource


def find_resource(tx: Tx, slug: str) -> Resource | None:
    """The resource of that name, withdrawn or not."""
    return tx.scalar(select(Resource).where(Resource.slug == slug))


def list_resources(tx: Tx, *, withdrawn: bool = False, limit: int = 500) -> list[Resource]:
    """Resources by name; with `withdrawn`, those too that are out of use."""
    query = select(Resource).order_by(func.lower(Resource.name), Resource.id).limit(limit)
    return list(tx.scalars(query if withdrawn else query.where(Resource.withdrawn_at.is_(None))))


def offering_of(tx: Tx, product_id: UUID) -> Offering | None:
    """On what, and by which rules, the product can be booked; None if it cannot be."""
    found = questions.answer(tx, offering_question(tx, product_id))
    return found[0] if found else None


def offering_question(tx: Tx, product_id: UUID) -> questions.Question[tuple[Offering, Resource] | None]:
    """The same with the resource it is offered on, for whoever has more to ask."""
    return questions.Question(OFFERING, {"product_id": product_id}, partial(_offering, tx))


def _offering(tx: Tx, found: questions.Rows) -> tuple[Offering, Resource] | None:
    if not found:
        return None
    offering, resource = rows.several(tx, found[0], Offering, Resource)
    return offering, resource


def offering_version(tx: Tx, product_id: UUID) -> int:
    """How often what it is offered on and by was changed; 0 while it is offered nowhere."""
    return tx.scalar(select(Offering.version).where(Offering.product_id == product_id)) or 0


def offered(tx: Tx, product_id: UUID, *, about: datetime | None = None) -> Offered | None:
    """The same with its place, its week and its closures about a moment, for those who book; None if it cannot be."""
    return questions.answer(tx, offered_question(product_id, about=about))


def offered_question(product_id: UUID, *, about: datetime | None = None) -> questions.Question[Offered | None]:
    """The same for whoever has more to ask."""
    return questions.Question(OFFERED, {"product_id": product_id, "about": about}, _offered)


def _offered(found: questions.Rows) -> Offered | None:
    if not found:
        return None
    row = found[0]
    week, closed, in_parts = row[-3:]
    hours, closures = [stored_hours(*opening) for opening in week], [(span.lower, span.upper) for span in closed]
    return Offered(*[*row[:-3], hours, closures, in_parts])


def places(tx: Tx, resource_ids: Collection[UUID]) -> dict[UUID, Place]:
    """These resources by their ids, in use or not."""
    return questions.answer(tx, places_question(resource_ids)) if resource_ids else {}


def places_question(resource_ids: Collection[UUID]) -> questions.Question[dict[UUID, Place]]:
    """The same, of one at least, for whoever has more to ask."""
    sql, ids = wire.each(PLACES, "resource_ids", resource_ids)
    return questions.Question(sql, ids, lambda found: {place.id: place for place in (Place(*row) for row in found)})


def offerings_on(tx: Tx, resource_id: UUID) -> list[Offering]:
    """Everything that is offered on the resource."""
    return list(tx.scalars(select(Offering).where(Offering.resource_id == resource_id).order_by(Offering.id)))


def hours_of(tx: Tx, resource_id: UUID) -> list[Hours]:
    """Its usual week in order."""
    return [row for row in all_hours_of(tx, resource_id) if row.since is None]


def dated_hours_of(tx: Tx, resource_id: UUID) -> list[tuple[date, date, list[Hours]]]:
    """The days that have hours of their own, from the first on: each first day, last day, and the week then."""
    dated = [row for row in all_hours_of(tx, resource_id) if row.since is not None]
    spans = sorted({(row.since, row.until) for row in dated if row.since and row.until})
    return [
        (since, until - timedelta(days=1), [row for row in dated if (row.since, row.until) == (since, until)])
        for since, until in spans
    ]


def all_hours_of(tx: Tx, resource_id: UUID) -> list[Hours]:
    """Its usual week and the hours of some days, as a calendar takes them."""
    minutes, days = OpeningHours.minutes, OpeningHours.days
    query = select(OpeningHours.weekday, func.lower(minutes), func.upper(minutes), func.lower(days), func.upper(days))
    found = tx.execute(query.where(OpeningHours.resource_id == resource_id).order_by(OpeningHours.weekday, minutes))
    return [Hours(*row) for row in found]


def closures_of(
    tx: Tx, resource_id: UUID, *, within: Span, again_until: datetime | None = None, limit: int = 1000
) -> list[ClosedTime]:
    """Its closures that touch the span, in order; of those that come again only what begins before `again_until`."""
    return questions.answer(tx, closures_question(resource_id, within=within, again_until=again_until, limit=limit))


def closures_question(
    resource_id: UUID, *, within: Span, again_until: datetime | None = None, limit: int = 1000
) -> questions.Question[list[ClosedTime]]:
    """The same for whoever has more to ask."""
    since, until = within
    given = {"since": since, "until": until, "again_until": again_until or until, "limit": limit}
    return questions.Question(
        CLOSED, {"resource_id": resource_id, **given}, lambda found: [ClosedTime(*row) for row in found]
    )
