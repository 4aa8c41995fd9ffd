"""Closures that come again: adding a rule, and choosing another end for it."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import resources
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.web import htmx
from portal.web.database import transaction
from portal.web.guards import staff
from portal.web.staff.catalog import resource_page
from portal.web.staff.catalog.concerned import Booked, look_first
from portal.web.staff.catalog.series_form import EndForm
from portal.web.staff.face import blueprint


@blueprint.post("/resources/<uuid:resource_id>/series")
@staff("catalog")
def close_again_and_again(resource_id: UUID) -> ResponseReturnValue:
    """Closes it by a rule; days and times are those of the place."""
    form = resource_page.series_form(typed=True)
    if form.validate():
        try:
            with transaction() as tx:
                made = resources.close_again_and_again(
                    tx, resource_id, form.fields(), now=clock.now(), by=current_user.id
                )
                look_first(tx, resource_id, resources.spans_of(tx, made.id, since=clock.now()))
        except Invalid as fact:
            form.blame(fact)
        except Booked as booked:
            return resource_page.show(resource_id, series=form, asked="series", concerned=booked.concerned, status=409)
        else:
            flash(_("It is closed then. Bookings that are there already stay."), "success")
            return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="series"))
    return resource_page.show(resource_id, series=form, status=422)


@blueprint.post("/resources/<uuid:resource_id>/series/<uuid:series_id>/end")
@staff("catalog")
def end_series(resource_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Another last day, earlier or later; none: without an end."""
    form = EndForm(prefix=f"end-{series_id}-")
    if form.validate():
        try:
            with transaction() as tx:
                resources.end_series(tx, series_id, form.last.data, now=clock.now(), by=current_user.id)
                look_first(tx, resource_id, resources.spans_of(tx, series_id, since=clock.now()))
        except Invalid as fact:
            form.blame(fact)
        except Booked as booked:
            given = {"ending": (series_id, form), "asked": str(series_id)}
            return resource_page.show(resource_id, concerned=booked.concerned, status=409, **given)  # type: ignore[arg-type]  # by name
        else:
            flash(_("Saved. What is over stays as it was."), "success")
            return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="series"))
    return resource_page.show(resource_id, ending=(series_id, form), status=422)
