"""Closures that come again: written as ordinary closures for two years ahead, with the rule kept beside them.

So nothing that reads closures has to know of rules, the database refuses overlaps as ever, and a single day can be
opened again. The ticker adds the days that come into sight (`keep_series`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Range

from portal.domains import audit
from portal.domains.resources.closure_models import ClosureSeries
from portal.domains.resources.models import Closure, Resource
from portal.domains.resources.recurrences import EVERY
from portal.domains.resources.rules import Span, instant
from portal.domains.resources.series_days import (
    AHEAD,
    DAY,
    gaps,
    get_series,
    series_of,
    spans_of,
    write_all_days,
    write_days,
)
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.kernel.versions import locked

ALL_DAY = 24 * 60
MOST_SERIES = 30


@dataclass(frozen=True)
class SeriesFields:
    """What staff write: see ClosureSeries. Minutes up to 2880 run on past midnight."""

    every: str
    weekdays: frozenset[int]
    first: date
    last: date | None = None
    since: int = 0
    until: int = ALL_DAY
    reason: str = ""


@dataclass(frozen=True)
class Kept:
    """How many closures were added, and the last series that was looked at; None when there are no more."""

    added: int
    last: UUID | None


def close_again_and_again(
    tx: Tx, resource_id: UUID, fields: SeriesFields, *, now: datetime, by: UUID | None = None
) -> ClosureSeries:
    """Closes the resource by this rule. What is closed anyway stays as it is. Raises Invalid, NotFound."""
    resource = locked(tx, Resource, resource_id)
    today = _today(resource, now)
    faults = Faults()
    reason = faults.line("reason", fields.reason, most=120)
    _check(faults, fields)
    _check_first(faults, fields.first, today)
    if len(series_of(tx, resource_id, today=today)) >= MOST_SERIES:
        faults.add("every", N_("At most %(most)s of these at a time. End one first."), most=MOST_SERIES)
    faults.stop()
    series = ClosureSeries(resource_id=resource_id, left_out=[], made_by=by)
    _write(series, fields, reason)
    tx.add(series)
    tx.flush()
    if not write_days(tx, resource, series, today - DAY, today + AHEAD):
        faults.add("last", N_("There is no such day that is not closed already."))
        faults.stop()
    audit.record(tx, by, "series.added", "resource", str(resource_id), **_told(series))
    return series


def change_series(
    tx: Tx,
    series_id: UUID,
    fields: SeriesFields,
    *,
    version: int | None = None,
    now: datetime,
    by: UUID | None = None,
) -> list[Span]:
    """Another rule from today on; what is over stays, and so do days that were opened again. `version`: of the resource
    as it was seen. Answers what is closed now that was not. Raises Stale, Invalid, NotFound."""
    resource, series = _locked_series(tx, series_id, version)
    today = _today(resource, now)
    faults = Faults()
    reason = faults.line("reason", fields.reason, most=120)
    _check(faults, fields)
    if fields.first != series.first_day:
        _check_first(faults, fields.first, today)
    if fields.last is not None and fields.last < today:
        faults.add("last", N_("What is over stays as it was. Choose today or a later day."))
    faults.stop()
    before = spans_of(tx, series_id, since=now)
    _write(series, fields, reason)
    _write_anew(tx, resource, series, today)
    audit.record(tx, by, "series.changed", "resource", str(resource.id), **_told(series))
    return [gap for span in spans_of(tx, series_id, since=now) for gap in gaps(span, before)]


def end_series(tx: Tx, series_id: UUID, *, now: datetime, by: UUID | None = None) -> ClosureSeries:
    """It closes nothing from today on; what is over stays. Another last day is a change. Raises NotFound."""
    resource, series = _locked_series(tx, series_id)
    today = _today(resource, now)
    series.last_day = today - DAY
    _write_anew(tx, resource, series, today)
    audit.record(tx, by, "series.ended", "resource", str(resource.id), **_told(series))
    return series


def keep_series(tx: Tx, *, now: datetime, after: UUID | None = None, limit: int = 100) -> Kept:
    """Writes the days of running series that have come into sight, of so many series `after` that one."""
    query = select(ClosureSeries).where(func.coalesce(ClosureSeries.last_day, now.date()) >= now.date() - DAY)
    if after is not None:
        query = query.where(ClosureSeries.id > after)
    found = tx.scalars(query.order_by(ClosureSeries.id).limit(limit)).all()
    added = 0
    for series in found:
        resource = locked(tx, Resource, series.resource_id)
        today = _today(resource, now)
        added += len(write_days(tx, resource, series, today - DAY, today + AHEAD))
    return Kept(added, found[-1].id if len(found) == limit else None)


def _locked_series(tx: Tx, series_id: UUID, version: int | None = None) -> tuple[Resource, ClosureSeries]:
    """The resource first, as everybody who writes its closures does, so that nobody waits in a circle."""
    known = get_series(tx, series_id)
    resource = locked(tx, Resource, known.resource_id, version)
    tx.refresh(known, with_for_update=True)
    return resource, known


def _write(series: ClosureSeries, fields: SeriesFields, reason: str) -> None:
    series.every, series.reason = fields.every, reason
    series.weekdays = sum(1 << day for day in fields.weekdays)
    series.minutes = Range(fields.since, fields.until, bounds="[)")
    series.first_day, series.last_day = fields.first, fields.last


def _write_anew(tx: Tx, resource: Resource, series: ClosureSeries, today: date) -> None:
    """Its days from today on by its rule of now, and those of others that it stood before."""
    begin = instant(today, 0, clock.zone(resource.time_zone))
    tx.execute(delete(Closure).where(Closure.series_id == series.id, func.lower(Closure.during) >= begin))
    resource.updated_at = func.now()  # the rules belong to the resource: whoever read the old one is stale now
    tx.flush()
    write_all_days(tx, resource, today, today + AHEAD)


def _check(faults: Faults, fields: SeriesFields) -> None:
    if fields.every not in EVERY:
        faults.add("every", N_("Choose how often."))
    if not fields.weekdays or not fields.weekdays <= frozenset(range(7)):
        faults.add("weekdays", N_("Choose the days of the week."))
    if fields.last is not None and fields.last < fields.first:
        faults.add("last", N_("The last day cannot be before the first."))
    if not 0 <= fields.since < ALL_DAY:
        faults.add("starts", N_("It begins between 00:00 and 23:59."))
    elif not fields.since < fields.until <= fields.since + ALL_DAY:
        faults.add("ends", N_("It has to end after it starts."))


def _check_first(faults: Faults, first: date, today: date) -> None:
    if first < today:
        faults.add("first", N_("Choose today or a later day."))


def _told(series: ClosureSeries) -> dict[str, str]:
    """What the audit log is told of it."""
    last = series.last_day.isoformat() if series.last_day else ""
    return {"reason": series.reason, "every": series.every, "first": series.first_day.isoformat(), "last": last}


def _today(resource: Resource, now: datetime) -> date:
    return now.astimezone(clock.zone(resource.time_zone)).date()
