"""A resource's closures: adding one, by days or by the clock, and taking one back."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import resources
from portal.domains.resources import Closure
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.web import htmx
from portal.web.database import transaction
from portal.web.guards import staff
from portal.web.staff.catalog import resource_page
from portal.web.staff.catalog.concerned import Booked, look_first
from portal.web.staff.catalog.forms import ClosureForm
from portal.web.staff.catalog.wall import moment_of
from portal.web.staff.face import blueprint

DAY = timedelta(days=1)


@blueprint.post("/resources/<uuid:resource_id>/closures")
@staff("catalog")
def close(resource_id: UUID) -> ResponseReturnValue:
    """Closes it; days and times are those of the place."""
    form = ClosureForm(prefix="closure-")
    if form.validate():
        try:
            with transaction() as tx:
                closed = _close(tx, resource_id, form)
                look_first(tx, resource_id, [(closed.during.lower, closed.during.upper)])  # type: ignore[list-item]  # bounded
        except Invalid as fact:
            form.blame(fact)
        except Booked as booked:
            return resource_page.show(
                resource_id, closure=form, asked="closure", concerned=booked.concerned, status=409
            )
        else:
            flash(_("It is closed then. Bookings that are there already stay."), "success")
            return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="closures"))
    return resource_page.show(resource_id, closure=form, status=422)


@blueprint.post("/resources/<uuid:resource_id>/closures/<uuid:closure_id>/removal")
@staff("catalog")
def reopen(resource_id: UUID, closure_id: UUID) -> ResponseReturnValue:
    """Takes the closure back."""
    with transaction() as tx:
        still_closed = resources.reopen(tx, closure_id, by=current_user.id)
    if still_closed:
        flash(_("It was taken back. What comes again closes some of that time all the same: see the closures."))
    else:
        flash(_("It is open then, by its usual hours."), "success")
    return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="closures"))


def _close(tx: Tx, resource_id: UUID, form: ClosureForm) -> Closure:
    first, last, reason = form.first.data, form.last.data, form.text("reason")
    if form.starts.data is None and form.ends.data is None:
        return resources.close_days(tx, resource_id, first, last, reason=reason, by=current_user.id)
    zone = clock.zone(resources.get_resource(tx, resource_id).time_zone)
    starts = _at(form.starts, first, zone) if form.starts.data else datetime.combine(first, time())
    ends = _at(form.ends, last, zone) if form.ends.data else datetime.combine(last + DAY, time())
    return resources.close_times(tx, resource_id, starts, ends, reason=reason, by=current_user.id)


def _at(field: Any, day: date, zone: ZoneInfo) -> datetime:
    return moment_of(field, datetime.combine(day, field.data), zone)
