"""Closures that come again: written as ordinary closures for two years ahead, with the rule kept beside them.

So nothing that reads closures has to know of rules, the database refuses overlaps as ever, and a single day can be
opened again. The ticker adds the days that come into sight (`keep_series`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Range

from portal.domains import audit
from portal.domains.resources.closure_models import ClosureSeries
from portal.domains.resources.models import Closure, Resource
from portal.domains.resources.recurrences import EVERY, days_of
from portal.domains.resources.rules import Span, instant
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, NotFound
from portal.kernel.fields import Faults
from portal.kernel.versions import locked

DAY = timedelta(days=1)
ALL_DAY = 24 * 60
AHEAD = timedelta(days=732)
"""A day further than anything can be booked."""
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


def close_again_and_again(
    tx: Tx, resource_id: UUID, fields: SeriesFields, *, now: datetime, by: UUID | None = None
) -> ClosureSeries:
    """Closes the resource by this rule. What is closed anyway stays as it is. Raises Invalid, NotFound."""
    resource = locked(tx, Resource, resource_id)
    today = now.astimezone(clock.zone(resource.time_zone)).date()
    faults = Faults()
    reason = faults.line("reason", fields.reason, most=120)
    _check(faults, fields, today)
    if len(series_of(tx, resource_id, today=today)) >= MOST_SERIES:
        faults.add("every", N_("At most %(most)s of these at a time. End one first."), most=MOST_SERIES)
    faults.stop()
    series = ClosureSeries(
        resource_id=resource_id,
        every=fields.every,
        weekdays=sum(1 << day for day in fields.weekdays),
        minutes=Range(fields.since, fields.until, bounds="[)"),
        first_day=fields.first,
        last_day=fields.last,
        left_out=[],
        reason=reason,
        made_by=by,
    )
    tx.add(series)
    tx.flush()
    if not _write_days(tx, resource, series, today):
        faults.add("last", N_("There is no such day that is not closed already."))
        faults.stop()
    details = {"every": fields.every, "first": fields.first.isoformat()}
    audit.record(tx, by, "series.added", "resource", str(resource_id), reason=reason, **details)
    return series


def end_series(tx: Tx, series_id: UUID, last: date | None, *, now: datetime, by: UUID | None = None) -> ClosureSeries:
    """The last day on which it may close is another one, earlier or later; None: without an end. What is over stays.

    Raises Invalid on `last`, NotFound.
    """
    series = tx.get(ClosureSeries, series_id, with_for_update=True)
    if series is None:
        raise NotFound
    resource = locked(tx, Resource, series.resource_id)
    zone = clock.zone(resource.time_zone)
    today = now.astimezone(zone).date()
    faults = Faults()
    if last is not None and last < today - DAY:
        faults.add("last", N_("What is over stays as it was. Choose yesterday or a later day."))
    faults.stop()
    series.last_day = last
    if last is not None:
        begin = instant(last + DAY, 0, zone)
        tx.execute(delete(Closure).where(Closure.series_id == series_id, func.lower(Closure.during) >= begin))
    tx.flush()
    _write_days(tx, resource, series, today)
    told = {"last": last.isoformat() if last else ""}
    audit.record(tx, by, "series.ended", "resource", str(resource.id), reason=series.reason, **told)
    return series


def leave_out(tx: Tx, series_id: UUID, closure: Closure) -> None:
    """One of its days was opened again: it stays open."""
    series = tx.get(ClosureSeries, series_id, with_for_update=True)
    resource = tx.get(Resource, closure.resource_id)
    if series is not None and resource is not None and closure.during.lower is not None:
        day = closure.during.lower.astimezone(clock.zone(resource.time_zone)).date()
        # A night that was opened again before it ended began on the day before.
        for begun in (day - DAY, day):
            begins, ends = _span(series, begun, resource)
            if begins <= closure.during.lower < ends:
                series.left_out = sorted({*series.left_out, begun})


def keep_series(tx: Tx, *, now: datetime, limit: int = 100) -> int:
    """Writes the days of running series that have come into sight; returns how many closures were added."""
    query = select(ClosureSeries).where(func.coalesce(ClosureSeries.last_day, now.date()) >= now.date() - DAY)
    added = 0
    for series in tx.scalars(query.order_by(ClosureSeries.id).limit(limit)):
        resource = locked(tx, Resource, series.resource_id)
        added += _write_days(tx, resource, series, now.astimezone(clock.zone(resource.time_zone)).date())
    return added


def series_of(tx: Tx, resource_id: UUID, *, today: date) -> list[ClosureSeries]:
    """The series that may still close it, the oldest first."""
    ends = ClosureSeries.last_day
    query = select(ClosureSeries).where(ClosureSeries.resource_id == resource_id, ends.is_(None) | (ends >= today))
    return list(tx.scalars(query.order_by(ClosureSeries.id)))


def spans_of(tx: Tx, series_id: UUID, *, since: datetime) -> list[Span]:
    """When it closes from this moment on."""
    during = Closure.during
    query = select(func.lower(during), func.upper(during)).where(Closure.series_id == series_id)
    rows = tx.execute(query.where(func.upper(during) > since).order_by(during))
    return [(start, end) for start, end in rows]


def gaps(span: Span, taken: Iterable[Span]) -> list[Span]:
    """What of the span is in none of these."""
    left, begin = [], span[0]
    for start, end in sorted(one for one in taken if one[0] < span[1] and span[0] < one[1]):
        if begin < start:
            left.append((begin, start))
        begin = max(begin, end)
    return [*left, (begin, span[1])] if begin < span[1] else left


def _check(faults: Faults, fields: SeriesFields, today: date) -> None:
    if fields.every not in EVERY:
        faults.add("every", N_("Choose how often."))
    if not fields.weekdays or not fields.weekdays <= frozenset(range(7)):
        faults.add("weekdays", N_("Choose the days of the week."))
    if fields.first < today:
        faults.add("first", N_("Choose today or a later day."))
    if fields.last is not None and fields.last < fields.first:
        faults.add("last", N_("The last day cannot be before the first."))
    if not 0 <= fields.since < ALL_DAY:
        faults.add("starts", N_("It begins between 00:00 and 23:59."))
    elif not fields.since < fields.until <= fields.since + ALL_DAY:
        faults.add("ends", N_("It has to end after it starts."))


def _write_days(tx: Tx, resource: Resource, series: ClosureSeries, today: date) -> int:
    """Adds what is not closed yet of its days from today on; what other closures have is theirs."""
    last = min(series.last_day or today + AHEAD, today + AHEAD)
    days = days_of(series.every, series.on, series.first_day, last)
    spans = [_span(series, day, resource) for day in days if day >= today - DAY and day not in series.left_out]
    if not spans:
        return 0
    during = Closure.during
    within = Range(spans[0][0], max(end for _, end in spans), bounds="[)")
    query = select(func.lower(during), func.upper(during)).where(Closure.resource_id == resource.id)
    taken = [(start, end) for start, end in tx.execute(query.where(during.overlaps(within)))]
    free = [gap for span in spans for gap in gaps(span, taken)]
    tx.add_all(
        Closure(resource_id=resource.id, during=Range(*gap, bounds="[)"), reason=series.reason, series_id=series.id)
        for gap in free
    )
    tx.flush()
    return len(free)


def _span(series: ClosureSeries, day: date, resource: Resource) -> Span:
    zone = clock.zone(resource.time_zone)
    minutes = series.minutes
    return instant(day, minutes.lower or 0, zone), instant(day, minutes.upper or 0, zone)
