"""The days of closures that come again, written as ordinary closures around what is closed already."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Range

from portal.domains.resources.closure_models import ClosureSeries
from portal.domains.resources.models import Closure, Resource
from portal.domains.resources.recurrences import days_of
from portal.domains.resources.rules import Span, instant
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

DAY = timedelta(days=1)
AHEAD = timedelta(days=732)
"""A day further than anything can be booked."""


def series_of(tx: Tx, resource_id: UUID, *, today: date) -> list[ClosureSeries]:
    """The series that may still close it, the oldest first."""
    ends = ClosureSeries.last_day
    query = select(ClosureSeries).where(ClosureSeries.resource_id == resource_id, ends.is_(None) | (ends >= today))
    return list(tx.scalars(query.order_by(ClosureSeries.id)))


def get_series(tx: Tx, series_id: UUID) -> ClosureSeries:
    """The series, over or not. Raises NotFound."""
    series = tx.get(ClosureSeries, series_id, populate_existing=True)
    if series is None:
        raise NotFound
    return series


def write_days(tx: Tx, resource: Resource, series: ClosureSeries, since: date, until: date) -> list[Span]:
    """Closes what is not closed yet of its days from `since` to `until`; what other closures have is theirs. Whoever
    calls has locked the resource. Answers what was closed."""
    last = min(series.last_day or until, until)
    days = days_of(series.every, series.on, series.first_day, last)
    spans = [span_of(series, day, resource) for day in days if day >= since and day not in series.left_out]
    if not spans:
        return []
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
    return free


def write_all_days(tx: Tx, resource: Resource, since: date, until: date) -> list[Span]:
    """The same of everything that comes again there: where a closure has gone, what it stood before closes."""
    again = series_of(tx, resource.id, today=since)
    return [span for one in again for span in write_days(tx, resource, one, since, until)]


def write_anew(tx: Tx, resource: Resource, now: datetime) -> None:
    """Everything that comes again there from today on, for when its clock is another one. The resource is locked."""
    zone = clock.zone(resource.time_zone)
    today = now.astimezone(zone).date()
    begin = instant(today, 0, zone)
    own = Closure.resource_id == resource.id, Closure.series_id.is_not(None)
    tx.execute(delete(Closure).where(*own, func.lower(Closure.during) >= begin))
    tx.flush()
    write_all_days(tx, resource, today, today + AHEAD)


def leave_out(tx: Tx, series_id: UUID, closure: Closure, resource: Resource) -> None:
    """One of its days was opened again: it stays open."""
    series = tx.get(ClosureSeries, series_id, with_for_update=True)
    if series is not None and closure.during.lower is not None:
        day = closure.during.lower.astimezone(clock.zone(resource.time_zone)).date()
        # A night that was opened again before it ended began on the day before.
        for begun in (day - DAY, day):
            begins, ends = span_of(series, begun, resource)
            if begins <= closure.during.lower < ends:
                series.left_out = sorted({*series.left_out, begun})


def spans_of(tx: Tx, series_id: UUID, *, since: datetime) -> list[Span]:
    """When it closes from this moment on."""
    during = Closure.during
    query = select(func.lower(during), func.upper(during)).where(Closure.series_id == series_id)
    rows = tx.execute(query.where(func.upper(during) > since).order_by(during))
    return [(start, end) for start, end in rows]


def span_of(series: ClosureSeries, day: date, resource: Resource) -> Span:
    """Its span that begins on this day of the place."""
    zone = clock.zone(resource.time_zone)
    minutes = series.minutes
    return instant(day, minutes.lower or 0, zone), instant(day, minutes.upper or 0, zone)


def gaps(span: Span, taken: Iterable[Span]) -> list[Span]:
    """What of the span is in none of these."""
    left, begin = [], span[0]
    for start, end in sorted(one for one in taken if one[0] < span[1] and span[0] < one[1]):
        if begin < start:
            left.append((begin, start))
        begin = max(begin, end)
    return [*left, (begin, span[1])] if begin < span[1] else left
