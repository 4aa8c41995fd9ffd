"""What serves a product that has more than one resource: any of several, or one of each part at once."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm.attributes import flag_modified

from portal.domains import audit
from portal.domains.resources.models import Offering, OfferingPart, OfferingPlace, Resource
from portal.domains.resources.offerings import locked_offering
from portal.domains.resources.queries import offering_question
from portal.domains.resources.rules import Hours, Span, stored_hours
from portal.kernel import questions, wire
from portal.kernel.db import Tx
from portal.kernel.errors import N_, NotFound
from portal.kernel.fields import Faults

MOST_PARTS = 4
MOST_PLACES = 50
AROUND = timedelta(days=2), timedelta(days=3)
"""As far as `offered` looks about a moment."""

KNOWN = """
SELECT number, name, once, choosable FROM offering_parts WHERE product_id = %(product_id)s ORDER BY number
"""
PARTS = """
SELECT number, part.name, once, choosable, resources.id, resources.name, units, time_zone,
       ARRAY(
           SELECT ARRAY[weekday, lower(minutes), upper(minutes), lower(days) - DATE '2000-01-01',
                        upper(days) - DATE '2000-01-01'] FROM opening_hours
           WHERE resource_id = resources.id ORDER BY weekday, minutes
       ) AS week,
       ARRAY(
           SELECT during FROM closures
           WHERE resource_id = resources.id AND during && tstzrange(%(since)s, %(until)s) ORDER BY during
       ) AS closed
FROM offering_parts AS part
JOIN (
    SELECT product_id, 0 AS number, resource_id FROM offerings WHERE product_id = %(product_id)s
    UNION ALL
    SELECT product_id, number, resource_id FROM offering_places WHERE product_id = %(product_id)s
) AS place USING (product_id, number)
JOIN resources ON resources.id = place.resource_id AND withdrawn_at IS NULL
ORDER BY number, lower(resources.name), resources.id
"""


@dataclass(frozen=True)
class Candidate:
    """A resource that can serve a part, its week, and its closures in the span that was asked for."""

    resource_id: UUID
    name: str
    units: int
    time_zone: str
    hours: Sequence[Hours]
    closed: Sequence[Span]


@dataclass(frozen=True)
class Part:
    """What a booking takes one of, and who can be that, by name. See OfferingPart."""

    number: int
    name: str
    once: bool
    choosable: bool
    candidates: Sequence[Candidate]

    def needs(self, quantity: int) -> int:
        """How many units a booking for so many takes of it."""
        return 1 if self.once else quantity


@dataclass(frozen=True)
class PartRules:
    """What staff say about a part: the resources that serve it (of part 0: besides the offering's own), and how."""

    name: str = ""
    resource_ids: Sequence[UUID] = ()
    once: bool = False
    choosable: bool = False


def set_parts(
    tx: Tx, product_id: UUID, parts: Sequence[PartRules], *, version: int | None = None, by: UUID | None = None
) -> None:
    """Replaces the parts of the product's offering; `version`: of the offering that was seen. Faults are on `part-N`
    and `name-N`. Raises Stale, Invalid, NotFound.

    The first says what else may stand for the offering's own resource; with no resources anywhere, it alone serves.
    """
    offering = locked_offering(tx, product_id, version)
    if offering is None:
        raise NotFound
    wanted = [resource_id for part in parts for resource_id in part.resource_ids]
    known = set(tx.scalars(select(Resource.id).where(Resource.id.in_(wanted), Resource.withdrawn_at.is_(None))))
    names = check_parts(offering, parts, known)
    flag_modified(offering, "product_id")  # the parts belong to the offering: whoever read the old ones is stale now
    tx.execute(delete(OfferingPart).where(OfferingPart.product_id == product_id))
    rows, places = rows_of(product_id, parts, names)
    tx.add_all(rows)
    tx.flush()
    tx.add_all(places)
    tx.flush()
    audit.record(tx, by, "offering.parts", "product", str(product_id), parts=told(parts, names))


def check_parts(offering: Offering, parts: Sequence[PartRules], known: Set[UUID]) -> list[str]:
    """The names of the parts as they are kept; `known`: resources in use. Raises Invalid."""
    wanted = [resource_id for part in parts for resource_id in part.resource_ids]
    faults, seen, names = Faults(), {offering.resource_id}, []
    if len(parts) > MOST_PARTS or len(wanted) > MOST_PLACES:
        faults.add("part-0", N_("These are too many."))
    for number, part in enumerate(parts):
        several = bool(part.resource_ids)
        names.append(faults.line(f"name-{number}", part.name, most=40, needed=several))
        if any(resource_id not in known for resource_id in part.resource_ids):
            faults.add(f"part-{number}", N_("There is no such place to book."))
        elif seen.intersection(part.resource_ids) or len(set(part.resource_ids)) < len(part.resource_ids):
            faults.add(f"part-{number}", N_("Each can be chosen once only: here, or as what it is booked on."))
        seen.update(part.resource_ids)
    faults.stop()
    return names


def rows_of(
    product_id: UUID, parts: Sequence[PartRules], names: Sequence[str]
) -> tuple[list[OfferingPart], list[OfferingPlace]]:
    """The parts as rows, and who serves them; none where nothing else serves it."""
    rows, places = [], []
    for number, (part, name) in enumerate(zip(parts, names, strict=True)):
        if part.resource_ids or (number == 0 and any(one.resource_ids for one in parts)):
            how = {"once": part.once, "choosable": part.choosable}
            rows.append(OfferingPart(product_id=product_id, number=number, name=name, **how))
            places += [OfferingPlace(product_id=product_id, number=number, resource_id=id) for id in part.resource_ids]
    return rows, places


def told(parts: Sequence[PartRules], names: Sequence[str]) -> list[str]:
    """What the audit log is told of them."""
    return [f"{name}: {len(part.resource_ids)}" for part, name in zip(parts, names, strict=True) if part.resource_ids]


def parts_of(tx: Tx, product_id: UUID, *, within: Span | None = None) -> list[Part]:
    """Its parts with everything in use that can serve each; a part whose resources are all out of use is empty."""
    return _parts(tx, product_id, questions.answer(tx, _known(product_id)), within)


def offering_in_parts(tx: Tx, product_id: UUID) -> tuple[Offering, Resource, list[Part]] | None:
    """On what, and by which rules, the product can be booked, and its parts; None if it cannot be."""
    found, parts = questions.answers(tx, *offering_questions(tx, product_id))
    return (*found, _parts(tx, product_id, parts, None)) if found else None


def offering_questions(
    tx: Tx, product_id: UUID
) -> tuple[questions.Question[tuple[Offering, Resource] | None], questions.Question[questions.Rows]]:
    """What `offering_in_parts` asks, to be asked ahead."""
    return offering_question(tx, product_id), _known(product_id)


def _known(product_id: UUID) -> questions.Question[questions.Rows]:
    return questions.Question(KNOWN, {"product_id": product_id}, list)


def _parts(tx: Tx, product_id: UUID, known: questions.Rows, within: Span | None) -> list[Part]:
    since, until = within or (None, None)
    rows = wire.ask(tx, PARTS, {"product_id": product_id, "since": since, "until": until}) if known else []
    serving = {number: [_candidate(row) for row in found] for number, found in groupby(rows, key=itemgetter(0))}
    return [Part(number, name, once, choosable, serving.get(number, [])) for number, name, once, choosable in known]


def let_others_lead(tx: Tx, resource_id: UUID) -> None:
    """Where somebody else can stand for this resource, which goes out of use, they do."""
    for offering in tx.scalars(select(Offering).where(Offering.resource_id == resource_id).with_for_update()):
        other = tx.scalar(
            select(OfferingPlace)
            .join(Resource, Resource.id == OfferingPlace.resource_id)
            .where(OfferingPlace.product_id == offering.product_id, OfferingPlace.number == 0)
            .where(Resource.withdrawn_at.is_(None))
            .order_by(Resource.name, Resource.id)
            .limit(1)
        )
        if other is not None:
            mine = (OfferingPlace.product_id == other.product_id, OfferingPlace.resource_id == other.resource_id)
            offering.resource_id = other.resource_id
            tx.execute(update(OfferingPlace).where(*mine).values(resource_id=resource_id))
    tx.flush()


def _candidate(row: Sequence[Any]) -> Candidate:
    *_, resource_id, name, units, time_zone, week, closed = row
    hours = [stored_hours(*opening) for opening in week]
    return Candidate(resource_id, name, units, time_zone, hours, [(span.lower, span.upper) for span in closed])
