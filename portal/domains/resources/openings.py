"""Writes when a resource is open: the hours of a week as a whole, and closures in spite of them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Range

from portal.domains import audit
from portal.domains.resources.models import Closure, OpeningHours, Resource
from portal.domains.resources.rules import Hours, Span, check_hours, from_wall, instant
from portal.domains.resources.series_days import leave_out, write_all_days
from portal.kernel import clock, words
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound, Stale
from portal.kernel.fields import Faults
from portal.kernel.versions import locked

LONGEST_CLOSURE = timedelta(days=366)
LONGEST_SEASON = timedelta(days=731)
MOST_ROWS = 50
MOST_SEASONS = 60
"""Days and seasons to come with hours of their own; all of them are read with every page of times."""
KEPT_SEASONS = timedelta(days=62)
"""How long what is over is kept: longer than anybody looks back."""
ALWAYS: Range[date] = Range(None, None, bounds="()")


def set_hours(tx: Tx, resource_id: UUID, version: int, rows: Iterable[Hours], *, by: UUID | None = None) -> Resource:
    """Replaces the week. Faults are on `hours-N`, by the number of the row. Raises Stale, Invalid, NotFound."""
    resource = locked(tx, Resource, resource_id, version)
    week = check_week(rows)
    _replace_hours(tx, resource_id, ALWAYS, week)
    resource.updated_at = func.now()  # the week belongs to the resource: whoever read the old one is stale now
    tx.flush()
    audit.record(tx, by, "hours.set", "resource", str(resource_id), rows=len(week))
    return resource


def check_week(rows: Iterable[Hours]) -> list[Hours]:
    """The openings of a week as they are kept. Raises Invalid."""
    faults = Faults()
    week = _checked(faults, rows)
    faults.stop()
    return week


def check_days(first: date, last: date, rows: Iterable[Hours]) -> list[Hours]:
    """The same for the days from `first` to `last`. Raises Invalid."""
    faults = Faults()
    if last < first:
        faults.add("last", N_("The last day cannot be before the first."))
    elif last - first > LONGEST_SEASON:
        faults.add("last", N_("A season lasts two years at most."))
    week = _checked(faults, rows)
    faults.stop()
    return week


def check_room(others: int) -> None:
    """Whether one more season has room beside so many. Raises Invalid."""
    if others >= MOST_SEASONS:
        raise Invalid({"first": (N_("At most %(most)s days and seasons of their own."), {"most": MOST_SEASONS})})


def _checked(faults: Faults, rows: Iterable[Hours]) -> list[Hours]:
    given = list(rows)
    if len(given) > MOST_ROWS:
        faults.add("hours", N_("At most %(most)s openings a week."), most=MOST_ROWS)
    return check_hours(faults, given[:MOST_ROWS])


def set_dated_hours(
    tx: Tx,
    resource_id: UUID,
    first: date,
    last: date,
    rows: Iterable[Hours],
    *,
    now: datetime,
    version: int | None = None,
    by: UUID | None = None,
) -> Resource:
    """The week from day `first` to `last` in place of the usual one; one day is a season too. With no rows it goes, and
    so do seasons that were over long before `now`.

    `version`: of the resource as it was seen; hours that these days have got since then are not replaced. Faults are on
    `first`, `last`, `hours`, and `hours-N`. Raises Stale, Invalid, NotFound.
    """
    resource = locked(tx, Resource, resource_id)
    week = check_days(first, last, rows)
    days = Range(first, last + timedelta(days=1), bounds="[)")
    if version not in (None, resource.version) and _has_hours(tx, resource_id, days):
        raise Stale
    today = now.astimezone(clock.zone(resource.time_zone)).date()
    own = OpeningHours.resource_id == resource_id
    if week:
        others = select(func.count(func.distinct(OpeningHours.days))).where(
            own, OpeningHours.days.not_in([days, ALWAYS]), func.upper(OpeningHours.days) > today
        )
        check_room(tx.execute(others).scalar_one())
    tx.execute(delete(OpeningHours).where(own, func.upper(OpeningHours.days) < today - KEPT_SEASONS))
    _replace_hours(tx, resource_id, days, week)
    resource.updated_at = func.now()
    tx.flush()
    told = {"first": first.isoformat(), "last": last.isoformat(), "rows": len(week)}
    audit.record(tx, by, "hours.dated", "resource", str(resource_id), **told)
    return resource


def _has_hours(tx: Tx, resource_id: UUID, days: Range[date]) -> bool:
    own = OpeningHours.resource_id == resource_id, OpeningHours.days == days
    return tx.execute(select(OpeningHours.id).where(*own).limit(1)).first() is not None


def _replace_hours(tx: Tx, resource_id: UUID, days: Range[date], week: Iterable[Hours]) -> None:
    tx.execute(delete(OpeningHours).where(OpeningHours.resource_id == resource_id, OpeningHours.days == days))
    tx.add_all(openings(resource_id, days, week))


def openings(resource_id: UUID, days: Range[date], week: Iterable[Hours]) -> list[OpeningHours]:
    """The week as rows."""
    return [
        OpeningHours(
            resource_id=resource_id,
            weekday=row.weekday,
            minutes=Range(row.opens, row.closes, bounds="[)"),
            days=days,
        )
        for row in week
    ]


def close_days(
    tx: Tx, resource_id: UUID, first: date, last: date, *, reason: str = "", by: UUID | None = None
) -> Closure:
    """Closes the resource from midnight to midnight of its own clock, `last` included. Raises Invalid, NotFound."""
    resource = locked(tx, Resource, resource_id)
    zone = clock.zone(resource.time_zone)
    faults = Faults()
    if last < first:
        faults.add("last", N_("The last day cannot be before the first."))
    elif last - first > LONGEST_CLOSURE:
        faults.add("last", N_("A closure lasts a year at most."))
    faults.stop()
    return _close(
        tx, resource, instant(first, 0, zone), instant(last + timedelta(days=1), 0, zone), reason, "first", by
    )


def close_times(
    tx: Tx, resource_id: UUID, starts: datetime, ends: datetime, *, reason: str = "", by: UUID | None = None
) -> Closure:
    """Closes the resource between two times; naive ones are read on its own clock. Raises Invalid, NotFound."""
    resource = locked(tx, Resource, resource_id)
    zone = clock.zone(resource.time_zone)
    begins, until = (from_wall(t, zone) if t.tzinfo is None else t.astimezone(UTC) for t in (starts, ends))
    faults = Faults()
    if until <= begins:
        faults.add("ends", N_("It has to end after it starts."))
    elif until - begins > LONGEST_CLOSURE:
        faults.add("ends", N_("A closure lasts a year at most."))
    faults.stop()
    return _close(tx, resource, begins, until, reason, "starts", by)


def reopen(tx: Tx, closure_id: UUID, *, by: UUID | None = None) -> list[Span]:
    """Takes a closure back; of a series, that day alone. Answers when it is closed all the same, because what comes
    again there stood behind it. Raises NotFound."""
    known = tx.get(Closure, closure_id)
    if known is None:
        raise NotFound
    # The resource first, as everybody who writes its closures does, so that nobody waits in a circle.
    resource = locked(tx, Resource, known.resource_id)
    closure = tx.get(Closure, closure_id, with_for_update=True, populate_existing=True)
    if closure is None or closure.during.lower is None or closure.during.upper is None:
        raise NotFound
    if closure.series_id is not None:
        leave_out(tx, closure.series_id, closure, resource)
    tx.delete(closure)
    tx.flush()
    audit.record(tx, by, "closure.removed", "resource", str(closure.resource_id), reason=closure.reason)
    return _write_around(tx, resource, closure.during.lower, closure.during.upper)


def _write_around(tx: Tx, resource: Resource, begins: datetime, until: datetime) -> list[Span]:
    """What comes again on the days that this time touches, and the night before; answers what was closed."""
    zone = clock.zone(resource.time_zone)
    first, last = (moment.astimezone(zone).date() for moment in (begins, until))
    return write_all_days(tx, resource, first - timedelta(days=1), last)


def _close(
    tx: Tx, resource: Resource, begins: datetime, until: datetime, reason: str, field: str, by: UUID | None
) -> Closure:
    faults = Faults()
    reason = faults.line("reason", reason, most=120)
    span = Range(begins, until, bounds="[)")
    meets = Closure.resource_id == resource.id, Closure.during.overlaps(span)
    other = tx.scalar(select(Closure).where(*meets, Closure.series_id.is_(None)).order_by(Closure.during).limit(1))
    if other is not None and other.during.lower and other.during.upper:
        start, end = (words.moment(t, resource.time_zone) for t in (other.during.lower, other.during.upper))
        message = N_("It is closed then already, from %(start)s to %(end)s (%(reason)s).")
        faults.add(field, message, start=start, end=end, reason=other.reason or "-")
    faults.stop()
    tx.execute(delete(Closure).where(*meets))  # what comes again closes around it
    closure = Closure(resource_id=resource.id, during=span, reason=reason)
    tx.add(closure)
    tx.flush()
    _write_around(tx, resource, begins, until)
    details = {"starts_at": begins.isoformat(), "ends_at": until.isoformat()}
    audit.record(tx, by, "closure.added", "resource", str(resource.id), reason=reason, **details)
    return closure
