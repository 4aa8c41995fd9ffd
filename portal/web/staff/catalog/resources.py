"""Resources for staff: the list, a new one, and what is written about one."""

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import reservations
from portal.domains import resources as places
from portal.domains.resources import ResourceFields
from portal.kernel import clock
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import resource_page
from portal.web.staff.catalog.concerned import Booked, look_at_clock
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.forms import ResourceForm
from portal.web.staff.face import blueprint, settings


@blueprint.get("/resources")
@staff("catalog")
def resources() -> ResponseReturnValue:
    """Everything that is booked, by name."""
    return htmx.render("staff/catalog/resources.html", rows=places.list_resources(db.session(), withdrawn=True))


@blueprint.get("/resources/new")
@staff("catalog")
def new_resource() -> ResponseReturnValue:
    return _new_page(ResourceForm(data={"time_zone": settings().default_time_zone}, formdata=None))


@blueprint.post("/resources")
@staff("catalog")
def create_resource() -> ResponseReturnValue:
    """It is closed until its page is told when it opens."""
    form = ResourceForm()
    if form.validate():
        try:
            with transaction() as tx:
                made = places.create_resource(tx, _fields(form), by=current_user.id)
        except Invalid as fact:
            form.blame(fact)
        else:
            flash(_("%(name)s is there. Say when it is open.", name=made.name), "success")
            return htmx.see_other(url_for(".resource", resource_id=made.id))
    return _new_page(form, 422)


@blueprint.get("/resources/<uuid:resource_id>")
@staff("catalog")
def resource(resource_id: UUID) -> ResponseReturnValue:
    return resource_page.show(resource_id)


@blueprint.post("/resources/<uuid:resource_id>")
@staff("catalog")
def edit_resource(resource_id: UUID) -> ResponseReturnValue:
    """Writes it, unless somebody else did since the page was opened."""
    form = ResourceForm()
    if form.validate():
        try:
            with transaction() as tx:
                zone = places.get_resource(tx, resource_id).time_zone
                places.edit_resource(
                    tx,
                    resource_id,
                    version(),
                    _fields(form),
                    standing=reservations.starts_above,
                    now=clock.now(),
                    by=current_user.id,
                )
                look_at_clock(tx, resource_id, zone)
        except Invalid as fact:
            form.blame(fact)
        except Booked as booked:
            return resource_page.show(
                resource_id, details=form, asked="details", concerned=booked.concerned, status=409
            )
        except Stale:
            found = places.get_resource(db.session(), resource_id)
            return conflicted(form, ResourceForm(obj=found, formdata=None), found)
        else:
            flash(_("Saved."), "success")
            return htmx.see_other(url_for(".resource", resource_id=resource_id))
    return resource_page.show(resource_id, details=form, status=422)


@blueprint.post("/resources/<uuid:resource_id>/withdrawal")
@staff("catalog")
def withdraw_resource(resource_id: UUID) -> ResponseReturnValue:
    """Nothing new is booked on it."""
    with transaction() as tx:
        found = places.withdraw_resource(tx, resource_id, version(), now=clock.now(), by=current_user.id)
    flash(_("%(name)s takes no new bookings. What was booked stays booked.", name=found.name), "success")
    return htmx.see_other(url_for(".resource", resource_id=resource_id))


@blueprint.post("/resources/<uuid:resource_id>/restoration")
@staff("catalog")
def restore_resource(resource_id: UUID) -> ResponseReturnValue:
    with transaction() as tx:
        found = places.restore_resource(tx, resource_id, version(), by=current_user.id)
    flash(_("%(name)s takes bookings again.", name=found.name), "success")
    return htmx.see_other(url_for(".resource", resource_id=resource_id))


def _fields(form: ResourceForm) -> ResourceFields:
    return ResourceFields(
        name=form.text("name"),
        time_zone=form.text("time_zone"),
        units=form.units.data,
        place=form.text("place"),
        slug=form.text("slug") or None,
    )


def _new_page(form: ResourceForm, status: int = 200) -> ResponseReturnValue:
    zones: list[Any] = sorted(available_timezones())
    return htmx.render("staff/catalog/new_resource.html", status=status, form=form, zones=zones)
