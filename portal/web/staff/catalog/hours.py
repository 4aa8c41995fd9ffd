"""A resource's week, replaced as a whole, and the days that have hours of their own."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import resources
from portal.domains.resources import Hours
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import resource_page, wall
from portal.web.staff.catalog.concerned import Booked, look_at_hours
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.week import DatedForm
from portal.web.staff.face import blueprint

NO_HOURS = N_("Write when it is open on these days. To close it, add a closure.")


@blueprint.post("/resources/<uuid:resource_id>/hours")
@staff("catalog")
def set_hours(resource_id: UUID) -> ResponseReturnValue:
    """Writes the week; faults are told next to their day."""
    form = resource_page.week_form(resource_id, typed=True)
    hours: list[Hours] = []
    try:
        hours = form.hours(resources.hours_of(db.session(), resource_id))
        with transaction() as tx:
            before = resources.all_hours_of(tx, resource_id)
            resources.set_hours(tx, resource_id, version(), hours, by=current_user.id)
            look_at_hours(tx, resource_id, before, resources.all_hours_of(tx, resource_id))
    except Invalid as fact:
        form.blame(form.by_day(fact, hours))
        return resource_page.show(resource_id, week=form, status=422)
    except Booked as booked:
        return resource_page.show(resource_id, week=form, asked="week", concerned=booked.concerned, status=409)
    except Stale:
        found = resources.get_resource(db.session(), resource_id)
        back = url_for(".resource", resource_id=resource_id, _anchor="hours")
        return conflicted(form, resource_page.week_form(resource_id, typed=False), found, back=back)
    flash(_("Saved. New bookings follow these hours."), "success")
    return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="hours"))


@blueprint.post("/resources/<uuid:resource_id>/dated-hours")
@staff("catalog")
def set_dated_hours(resource_id: UUID) -> ResponseReturnValue:
    """Hours of their own for some days; the same days again replace them."""
    form = resource_page.dated_form(typed=True)
    hours: list[Hours] = []
    if form.validate():
        try:
            hours = form.hours()
            if not hours:
                raise Invalid({"first": NO_HOURS})
            first, last = form.first.data, form.last.data or form.first.data
            with transaction() as tx:
                _check_clock(tx, resource_id, first, last, hours)
                before = resources.all_hours_of(tx, resource_id)
                given = {"now": clock.now(), "version": version(), "by": current_user.id}
                resources.set_dated_hours(tx, resource_id, first, last, hours, **given)
                look_at_hours(tx, resource_id, before, resources.all_hours_of(tx, resource_id))
        except Invalid as fact:
            form.blame(form.by_day(fact, hours))
        except Stale:
            return _dated_meanwhile(resource_id, form)
        except Booked as booked:
            return resource_page.show(resource_id, dated=form, asked="dated", concerned=booked.concerned, status=409)
        else:
            flash(_("Saved. New bookings follow these hours."), "success")
            return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="dated"))
    return resource_page.show(resource_id, dated=form, status=422)


@blueprint.post("/resources/<uuid:resource_id>/dated-hours/<first>/<last>/removal")
@staff("catalog")
def remove_dated_hours(resource_id: UUID, first: str, last: str) -> ResponseReturnValue:
    """The usual week holds on these days again."""
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise NotFound from None
    try:
        with transaction() as tx:
            before = resources.all_hours_of(tx, resource_id)
            resources.set_dated_hours(tx, resource_id, *days, [], now=clock.now(), by=current_user.id)
            look_at_hours(tx, resource_id, before, resources.all_hours_of(tx, resource_id))
    except Booked as booked:
        asked = f"{first} {last}"
        return resource_page.show(resource_id, asked=asked, concerned=booked.concerned, status=409)
    flash(_("The usual week holds on these days again."), "success")
    return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="dated"))


def _check_clock(tx: Tx, resource_id: UUID, first: date, last: date, hours: list[Hours]) -> None:
    """Of a single day its clock is known: what it skips or shows twice is no time to open or close. Raises Invalid by
    row. A season keeps its hours on whatever days clocks change in it (docs/clock-changes.md)."""
    if first != last:
        return
    zone = clock.zone(resources.get_resource(tx, resource_id).time_zone)
    for number, row in enumerate(hours):
        for minute in (row.opens, row.closes):
            shown = datetime.combine(first, time()) + timedelta(minutes=minute)
            if row.weekday == first.weekday() and (message := wall.unclear(shown, zone)):
                raise Invalid({f"hours-{number}": message})


def _dated_meanwhile(resource_id: UUID, mine: DatedForm) -> ResponseReturnValue:
    """Theirs are the hours these days have got since the page was opened."""
    found = resources.get_resource(db.session(), resource_id)
    theirs = resource_page.dated_form_of(resource_id, mine.first.data, mine.last.data or mine.first.data)
    back = url_for(".resource", resource_id=resource_id, _anchor="dated")
    return conflicted(mine, theirs, found, back=back)
