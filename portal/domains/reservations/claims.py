"""Taking units of a resource for a span of time: who goes first, and what counts as free.

The exclusion constraint alone keeps every promise about overlaps; turns.py is the queue before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import errors as pg
from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import DBAPIError

from portal.domains.reservations.behind import EVERYBODY, IN_LINE, Behind
from portal.domains.reservations.changes import KEPT, RUNNING, lapsed
from portal.domains.reservations.errors import SlotBusy, SlotTaken
from portal.domains.reservations.models import Hold, Reservation
from portal.domains.reservations.terms import Terms
from portal.domains.reservations.timetable import Span
from portal.kernel import wire
from portal.kernel.db import Tx, stored
from portal.kernel.ids import new_id
from portal.kernel.pipe import Statement

TOUCHED = and_(
    Reservation.resource_id == bindparam("of"),
    Reservation.during.overlaps(bindparam("touching")),
    Reservation.status != "CANCELLED",
)
"""Not cancelled, of this resource, touching this span: what the exclusion constraint's own index answers."""

_LAPSED = select(Reservation.id).where(TOUCHED, lapsed()).with_for_update(skip_locked=True)
_RELEASE = (
    update(Reservation)
    .where(Reservation.id.in_(_LAPSED))
    .values(status="CANCELLED")
    .execution_options(synchronize_session=False)
)
# The lowest free units, the hold and its reservations in one statement, or nothing: where too few are free, where the
# key has made a hold already, where the product is booked once by each person and this one has it, where somebody
# without a key chooses again what they hold, and where others wait in line for what is free. Few claims are one of
# these, so which one it was is looked into afterwards.
_FREE = """
    SELECT resource_id, unit FROM resource_units
    WHERE resource_id = {of} AND unit <= {units} AND retired_at IS NULL AND unit NOT IN (
        SELECT unit FROM reservations
        WHERE resource_id = {of} AND during && tstzrange(%(from)s, %(until)s) AND status <> 'CANCELLED'{besides}
    )
    ORDER BY {first}unit LIMIT {needed}
    FOR KEY SHARE  -- who retires a unit just now is waited for: then it is not picked; who comes later waits for us
"""
_OF_ONE = _FREE.format(of="%(of)s", units="%(units)s", needed="%(needed)s", besides="", first="")


def free_of_each(*, besides: str = "", first: str = "") -> str:
    """The lowest free units of each of several resources, so many of each; what stands `besides` does not count as
    taken, and units that come `first` come before lower ones. For a statement that claims; `asked.id` is the resource.
    """
    free = _FREE.format(of="asked.id", units="asked.units", needed="asked.needed", besides=besides, first=first)
    return f"""
    SELECT found.resource_id, found.unit
    FROM unnest(CAST(%(of_each)s AS uuid[]), CAST(%(units_each)s AS int[]), CAST(%(needed_each)s AS int[]))
        AS asked (id, units, needed)
    CROSS JOIN LATERAL ({free}) AS found
"""  # noqa: S608  # the rule is our own words


_CLAIM = f"""
WITH free AS (
    {{free}}
), mine AS (
    SELECT 1 FROM holds JOIN reservations ON hold_id = holds.id
    WHERE holds.account_id = %(account_id)s AND product_id = %(product_id)s AND (
        starts_at = %(starts_at)s AND ends_at = %(ends_at)s AND {RUNNING}
        AND CAST(%(idempotency_key)s AS text) IS NULL
        OR %(once_each)s AND starts_at < %(ends_at)s AND ends_at > %(starts_at)s AND {KEPT}
    )
), in_line AS ({IN_LINE}), hold AS (
    INSERT INTO holds (
        id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount, currency, refund_rule_id,
        served_by, idempotency_key, request_hash
    )
    SELECT %(id)s, %(account_id)s, %(product_id)s, %(of)s, %(starts_at)s, %(ends_at)s, %(quantity)s, %(amount)s,
           %(currency)s, %(refund_rule_id)s, %(served_by)s, %(idempotency_key)s, %(request_hash)s
    WHERE (SELECT count(*) FROM free) = %(needed)s
      AND NOT EXISTS (SELECT 1 FROM mine) AND NOT EXISTS (SELECT 1 FROM in_line)
    ON CONFLICT (account_id, idempotency_key) DO NOTHING
    RETURNING id
)
INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, during, expires_at)
SELECT (CAST(%(ids)s AS uuid[]))[row_number() OVER (ORDER BY resource_id, unit)], hold.id, resource_id, unit,
       %(account_id)s,
       tstzrange(%(from)s, %(until)s), clock_timestamp() + %(lasting)s
FROM hold, free
RETURNING id, resource_id, unit, expires_at
"""  # noqa: S608  # the rule is our own words
_CLAIM_OF_ONE = _CLAIM.format(free=_OF_ONE)
_CLAIM_OF_EACH = _CLAIM.format(free=free_of_each())
HAS_ONE = f"""
SELECT 1 FROM holds JOIN reservations ON hold_id = holds.id
WHERE holds.account_id = %(account_id)s AND product_id = %(product_id)s
  AND starts_at < %(ends_at)s AND ends_at > %(starts_at)s AND {KEPT} AND holds.id IS DISTINCT FROM %(besides)s
"""  # noqa: S608  # the rule is our own words


@dataclass(frozen=True)
class Place:
    """A resource to take so many units of, and how many it has."""

    resource_id: UUID
    units: int
    needed: int


def asked(resource_id: UUID, span: Span) -> dict[str, object]:
    """The parameters of TOUCHED."""
    return {"of": resource_id, "touching": Range(span.start, span.end)}


def release_lapsed(tx: Tx, resource_id: UUID, span: Span) -> None:
    """Cancels holds in the way whose time is over; nothing else ever has to.

    A row that somebody is changing at this moment (checking out, extending) is left to them and counts as taken: to
    wait for it here could close a circle.
    """
    tx.execute(_RELEASE, asked(resource_id, span))


def claim(
    tx: Tx,
    terms: Terms,
    wish: Mapping[str, Any],
    span: Span,
    *,
    lasting: timedelta,
    behind: Behind = EVERYBODY,
    first: Sequence[Statement] = (),
) -> Hold | None:
    """Takes the lowest free units for this wish (the columns of a hold), all of them, until so long from now by the
    database's clock. None, and nothing is written, where too few are free, the wish was granted before, or somebody
    waits in line for what is free and goes first (`behind`). What has to be done `first` travels with it."""
    how = {"lasting": lasting, "once_each": terms.once_each, **behind.asked(terms)}
    place = {"needed": wish["quantity"], **_place(terms, span)}
    return _made(tx, _CLAIM_OF_ONE, wish, place | how, first)


def has_one(tx: Tx, wish: Mapping[str, Any], *, besides: UUID | None = None) -> bool:
    """Whether this person holds or has booked the product at a time that meets this one, `besides` this hold."""
    return bool(wire.ask(tx, HAS_ONE, {**wish, "besides": besides}))


def claim_each(
    tx: Tx,
    terms: Terms,
    places: Sequence[Place],
    leading: UUID,
    wish: Mapping[str, Any],
    span: Span,
    *,
    lasting: timedelta,
    behind: Behind = EVERYBODY,
) -> Hold | None:
    """The same of several resources at once, so many of each, or nothing. The hold is told as of the leading one."""
    how = {"lasting": lasting, "once_each": terms.once_each, **behind.asked(terms)}
    return _made(tx, _CLAIM_OF_EACH, wish, asked_of_each(places, leading, span) | how)


def asked_of_each(places: Sequence[Place], leading: UUID, span: Span) -> dict[str, Any]:
    """The parameters of `free_of_each`, and of what is made with it."""
    return {
        "of": leading,
        "from": span.start,
        "until": span.end,
        "of_each": [place.resource_id for place in places],
        "units_each": [place.units for place in places],
        "needed_each": [place.needed for place in places],
        "needed": sum(place.needed for place in places),
    }


def _made(
    tx: Tx, sql: str, wish: Mapping[str, Any], place: dict[str, Any], first: Sequence[Statement] = ()
) -> Hold | None:
    ids = [new_id() for _ in range(place["needed"])]
    *_, rows = wire.ask_all(tx, *first, (sql, {**wish, **place, "ids": ids}))
    if not rows:
        return None
    fixed = {"hold_id": wish["id"], "account_id": wish["account_id"], "status": "PENDING", "order_id": None}
    taken = [
        stored(tx, Reservation(id=id, resource_id=of, unit=unit, expires_at=ends, **fixed))
        for id, of, unit, ends in rows
    ]
    return stored(tx, Hold(**wish, resource_id=place["of"], reservations=taken))


def fact_of(error: Exception) -> SlotTaken | SlotBusy | None:
    """What the database's no to a claim means: taken by code outside the queue, or no turn in time."""
    match error.orig if isinstance(error, DBAPIError) else error:
        case pg.ExclusionViolation():
            return SlotTaken()
        case pg.LockNotAvailable() | pg.DeadlockDetected():
            return SlotBusy()
    return None


NO = (psycopg.Error, DBAPIError)
"""How a no of the database is raised, by statements that travel together and by others."""


def _place(terms: Terms, span: Span) -> dict[str, object]:
    return {"of": terms.resource_id, "from": span.start, "until": span.end}
