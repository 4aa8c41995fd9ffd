"""A resource's week, replaced as a whole."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import resources
from portal.domains.resources import Hours
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import resource_page
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.week import WeekForm
from portal.web.staff.face import blueprint


@blueprint.post("/resources/<uuid:resource_id>/hours")
@staff("catalog")
def set_hours(resource_id: UUID) -> ResponseReturnValue:
    """Writes the week; faults are told next to their day."""
    form = resource_page.week_form(resource_id, typed=True)
    hours: list[Hours] = []
    try:
        hours = form.hours()
        with transaction() as tx:
            resources.set_hours(tx, resource_id, version(), hours, by=current_user.id)
    except Invalid as fact:
        form.blame(form.by_day(fact, hours))
        return resource_page.show(resource_id, week=form, status=422)
    except Stale:
        return _conflicted(resource_id, form)
    flash(_("Saved. New bookings follow these hours."), "success")
    return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="hours"))


def _conflicted(resource_id: UUID, mine: WeekForm) -> ResponseReturnValue:
    found = resources.get_resource(db.session(), resource_id)
    return conflicted(
        mine,
        resource_page.week_form(resource_id, typed=False),
        name=found.name,
        action=url_for(".set_hours", resource_id=resource_id),
        back=url_for(".resource", resource_id=resource_id, _anchor="hours"),
        now=found.version,
    )
