"""One resource for staff: its units, its week, its closures, and what is offered on it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_day_names
from flask import request
from flask.typing import ResponseReturnValue

from portal.domains import catalog, resources
from portal.domains.reservations import Concerned
from portal.domains.resources import ClosedTime, ClosureSeries, Hours
from portal.kernel import clock
from portal.web import htmx
from portal.web.database import db
from portal.web.i18n import language
from portal.web.staff.catalog import series_form
from portal.web.staff.catalog.concerned import told
from portal.web.staff.catalog.forms import ClosureForm, ResourceForm
from portal.web.staff.catalog.series_form import SeriesForm
from portal.web.staff.catalog.week import DatedForm, WeekForm, write_times
from portal.web.staff.catalog.words import often_words
from portal.web.staff.happenings import changes

AHEAD = timedelta(days=3 * 366)
AGAIN_AHEAD = timedelta(weeks=8)
"""How far closures that come again are listed, unless all are asked for: there are hundreds of them."""


def show(
    resource_id: UUID,
    *,
    details: ResourceForm | None = None,
    week: WeekForm | None = None,
    dated: DatedForm | None = None,
    closure: ClosureForm | None = None,
    series: SeriesForm | None = None,
    changing: tuple[UUID, SeriesForm] | None = None,
    asked: str = "",
    concerned: Sequence[Concerned] = (),
    status: int = 200,
) -> ResponseReturnValue:
    """The page; a form given is shown as it was typed, with its faults. `asked` names the form that asks whether to go
    on although something is booked: details, week, dated, closure, series, or the id of a series."""
    tx, now = db.session(), clock.now()
    resource = resources.get_resource(tx, resource_id)
    zone = clock.zone(resource.time_zone)
    today = now.astimezone(zone).date()
    again = resources.series_of(tx, resource_id, today=today)
    everything = request.args.get("closures") == "all" or not again
    again_until = None if everything else now + AGAIN_AHEAD
    closures = resources.closures_of(tx, resource_id, within=(now, now + AHEAD), again_until=again_until)
    offered = [catalog.get_product(tx, o.product_id) for o in resources.offerings_on(tx, resource_id)]
    return htmx.render(
        "staff/catalog/resource.html",
        status=status,
        resource=resource,
        details=details or ResourceForm(obj=resource, formdata=None),
        week=week or week_form(resource_id, typed=False),
        dated=dated or dated_form(typed=False),
        seasons=[_season(*one) for one in resources.dated_hours_of(tx, resource_id) if one[1] >= today],
        closure=closure or ClosureForm(formdata=None, prefix="closure-"),
        series=[_again(one, changing[1] if changing and changing[0] == one.id else None) for one in again],
        series_form=series or series_form.blank(),
        asked=asked,
        concerned=told(tx, concerned, zone),
        closures=[_told(closed, zone) for closed in closures],
        everything=everything,
        offered=offered,
        zones=sorted(available_timezones()),
        zone=zone,
        now=now,
        events=changes(tx, "resource", resource_id),
    )


def week_form(resource_id: UUID, *, typed: bool) -> WeekForm:
    """The week as it is, a field a day, named in the reader's language."""
    hours = resources.hours_of(db.session(), resource_id)
    days = {f"day{n}": write_times(row for row in hours if row.weekday == n) for n in range(7)}
    form = WeekForm(prefix="week-") if typed else WeekForm(data=days, formdata=None, prefix="week-")
    _name_days(form)
    return form


def dated_form(*, typed: bool) -> DatedForm:
    """Days with hours of their own, as they are typed."""
    form = DatedForm(prefix="dated-") if typed else DatedForm(formdata=None, prefix="dated-")
    _name_days(form)
    return form


def dated_form_of(resource_id: UUID, first: date, last: date) -> DatedForm:
    """The hours that these days have of their own."""
    seasons = {(since, until): week for since, until, week in resources.dated_hours_of(db.session(), resource_id)}
    week = seasons.get((first, last), [])
    days: dict[str, Any] = {f"day{n}": write_times(row for row in week if row.weekday == n) for n in range(7)}
    form = DatedForm(data=days | {"first": first, "last": last}, formdata=None, prefix="dated-")
    _name_days(form)
    return form


def _name_days(form: WeekForm) -> None:
    names = get_day_names("wide", locale=language())
    for n in range(7):
        form[f"day{n}"].label.text = names[n]


def _season(first: date, last: date, hours: list[Hours]) -> dict[str, Any]:
    """Days with hours of their own, as people say it: each weekday among them with its times, or none."""
    names = get_day_names("abbreviated", locale=language())
    weekdays = sorted({(first + timedelta(days=n)).weekday() for n in range(min(7, (last - first).days + 1))})
    week = [(names[n], write_times(row for row in hours if row.weekday == n)) for n in weekdays]
    return {"first": first, "last": last, "week": week}


def _again(one: ClosureSeries, typed: SeriesForm | None) -> dict[str, Any]:
    """A rule as people say it, and the form to change it, open if something was typed into it."""
    names = get_day_names("wide", locale=language())
    minutes = Hours(0, one.minutes.lower or 0, one.minutes.upper or 0)
    return {
        "id": one.id,
        "rule": f"{often_words()[one.every]}: {', '.join(names[day] for day in sorted(one.on))}",
        "times": "" if (minutes.opens, minutes.closes) == (0, 1440) else write_times([minutes]),
        "first": one.first_day,
        "last": one.last_day,
        "reason": one.reason,
        "form": typed or series_form.written(one),
        "open": typed is not None,
    }


def _told(closed: ClosedTime, zone: ZoneInfo) -> dict[str, Any]:
    """A closure as people say it: whole days by their dates up to `last`, other times by the clock."""
    start, end = closed.starts_at.astimezone(zone), closed.ends_at.astimezone(zone)
    whole = _is_midnight(start) and _is_midnight(end)
    one_day = start.date() == end.date() and start.utcoffset() == end.utcoffset()
    last = (end - timedelta(seconds=1)).date()
    when = {"start": start, "end": end, "whole": whole, "one_day": one_day, "last": last}
    return {"id": closed.id, "reason": closed.reason, **when}


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)
