"""A booking that takes one resource of each part: who can be it at a time, and who is taken; all of it or nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.domains import resources
from portal.domains.reservations import claims, rules
from portal.domains.reservations.behind import EVERYBODY, Behind
from portal.domains.reservations.changes import KEPT
from portal.domains.reservations.claims import Place
from portal.domains.reservations.models import Hold
from portal.domains.reservations.terms import Terms, calendar_from
from portal.domains.reservations.timetable import DAY, Span, midnight, with_closing
from portal.kernel import clock, wire
from portal.kernel.db import Tx
from portal.kernel.errors import N_

NOT_THERE = N_("Choose one of those shown.")

# What runs out at this moment counts as free: it is let go before anything is taken.
LOOK = f"""
SELECT id, (
    SELECT count(*) FROM resource_units
    WHERE resource_id = candidate.id AND unit <= candidate.units AND retired_at IS NULL AND unit NOT IN (
        SELECT unit FROM reservations
        WHERE resource_id = candidate.id AND during && tstzrange(%(from)s, %(until)s) AND status <> 'CANCELLED'
          AND {KEPT} AND hold_id IS DISTINCT FROM %(besides)s
    )
), (
    SELECT count(*) FROM reservations
    WHERE resource_id = candidate.id AND during && tstzrange(%(day)s, %(night)s) AND status <> 'CANCELLED' AND {KEPT}
)
FROM unnest(CAST(%(ids)s AS uuid[]), CAST(%(units)s AS int[])) AS candidate (id, units)
"""  # noqa: S608  # the rule is our own words


@dataclass(frozen=True)
class Standing:
    """How a candidate stands: units free throughout the time, and how much of its day is booked."""

    free: int
    booked: int


def open_then(terms: Terms, start: datetime, end: datetime) -> tuple[Terms, dict[str, rules.Fault]]:
    """The terms with those candidates only that are open then, and why it cannot be where a part has none of them."""
    faults: dict[str, rules.Fault] = {}
    parts = []
    for part in terms.parts:
        no = {one.resource_id: _faults(terms, part, one, start, end) for one in part.candidates}
        serving = [one for one in part.candidates if not no[one.resource_id]]
        if not serving:
            # The nearest to a yes is the most use: somebody is open, but closes too early.
            said = sorted(no.values(), key=lambda given: "end" not in given)
            faults = faults or (said[0] if said else {"start": rules.CLOSED})
        parts.append(replace(part, candidates=serving))
    return replace(terms, parts=parts), faults


def named(terms: Terms, wishes: Collection[UUID]) -> tuple[Terms, dict[str, rules.Fault]]:
    """The terms with the candidates somebody wishes for, where they may wish."""
    for wish in wishes:
        of = next((part for part in terms.parts if wish in {one.resource_id for one in part.candidates}), None)
        if of is None or not of.choosable:
            return terms, {"with": NOT_THERE}
    return narrowed(terms, wishes), {}


def narrowed(terms: Terms, to: Collection[UUID]) -> Terms:
    """The same terms; a part that has any of these has no others."""
    return replace(terms, parts=[only(part, to) for part in terms.parts])


def only(part: resources.Part, wishes: Collection[UUID]) -> resources.Part:
    """The part with these candidates alone, if it has any of them."""
    chosen = [one for one in part.candidates if one.resource_id in wishes]
    return replace(part, candidates=chosen) if chosen else part


def claim(
    tx: Tx, terms: Terms, wish: Mapping[str, Any], span: Span, *, lasting: timedelta, behind: Behind = EVERYBODY
) -> Hold | None:
    """Takes one resource of each part, whose turns the caller has: of those that are free the one with the least
    booked that day, then by name. None, and nothing is written, where a part has nobody free, the wish was granted
    before, or others wait in line. Holds that are over are let go on the way."""
    candidates = [one for part in terms.parts for one in part.candidates]
    for resource_id in sorted(one.resource_id for one in candidates):
        claims.release_lapsed(tx, resource_id, span)
    chosen = choose(terms, look(tx, terms, wish["starts_at"], span), wish["quantity"])
    if chosen is None:
        return None
    wish = {**wish, "served_by": told(chosen)}
    places = places_of(terms, chosen, wish["quantity"])
    return claims.claim_each(tx, terms, places, chosen[0].resource_id, wish, span, lasting=lasting, behind=behind)


def told(chosen: Sequence[resources.Candidate]) -> str:
    """Who serves it, by their names of now."""
    return ", ".join(one.name for one in chosen)


def places_of(terms: Terms, chosen: Sequence[resources.Candidate], quantity: int) -> list[Place]:
    """What a booking for so many takes of those who were chosen."""
    return [
        Place(one.resource_id, one.units, part.needs(quantity)) for part, one in zip(terms.parts, chosen, strict=True)
    ]


def ids(terms: Terms) -> set[UUID]:
    """Every resource among the candidates."""
    return {one.resource_id for part in terms.parts for one in part.candidates}


def still_meant(terms: Terms, earlier: Hold) -> bool:
    """Whether what was granted before is of those who are asked for now."""
    asked = ids(terms)
    return all(row.resource_id in asked for row in earlier.reservations)


def look(tx: Tx, terms: Terms, start: datetime, span: Span, *, besides: UUID | None = None) -> dict[UUID, Standing]:
    """How every candidate stands at this moment, `besides` what this hold has of it."""
    day = start.astimezone(terms.zone).date()
    candidates = [one for part in terms.parts for one in part.candidates]
    asked = {
        "ids": [one.resource_id for one in candidates],
        "units": [one.units for one in candidates],
        "from": span.start,
        "until": span.end,
        "day": midnight(day, terms.zone),
        "night": midnight(day + DAY, terms.zone),
        "besides": besides,
    }
    return {id: Standing(free, booked) for id, free, booked in wire.ask(tx, LOOK, asked)}


def choose(
    terms: Terms, standing: Mapping[UUID, Standing], quantity: int, *, rather: Collection[UUID] = ()
) -> list[resources.Candidate] | None:
    """One of each part, one of these `rather` than another, or None: the same for everybody who looks at the same
    moment."""

    def liked(one: resources.Candidate) -> tuple[object, ...]:
        return one.resource_id not in rather, standing[one.resource_id].booked, one.name.lower(), one.resource_id

    chosen = []
    for part in terms.parts:
        able = [one for one in part.candidates if standing[one.resource_id].free >= part.needs(quantity)]
        if not able:
            return None
        chosen.append(min(able, key=liked))
    return chosen


def own_terms(terms: Terms, one: resources.Candidate) -> Terms:
    """The terms as if this candidate alone served it: its units, its clock, its week."""
    zone = clock.zone(one.time_zone)
    return replace(terms, resource_id=one.resource_id, units=one.units, zone=zone, hours=one.hours, parts=())


def _faults(
    terms: Terms, part: resources.Part, one: resources.Candidate, start: datetime, end: datetime
) -> dict[str, rules.Fault]:
    """Why this one cannot serve: the first part says when things begin, the others have to be open all the while."""
    own = own_terms(terms, one)
    day = start.astimezone(own.zone).date()
    calendar = calendar_from(own, day, day, [Span(*closure) for closure in one.closed])
    if part.number == 0:
        return rules.calendar_faults(own, calendar, start, end)
    stands = any(span.start <= start and end <= closes for span, closes in with_closing(calendar.opened))
    return {} if stands and not calendar.is_closed(start, end) else {"start": rules.CLOSED}
