"""Closures that come again: adding a rule, changing it from today on, and ending it."""

from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import resources
from portal.kernel import clock
from portal.kernel.errors import Invalid, Stale
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff.catalog import resource_page, series_form
from portal.web.staff.catalog.concerned import Booked, look_first
from portal.web.staff.catalog.conflict import conflicted, version
from portal.web.staff.catalog.series_form import SeriesForm
from portal.web.staff.face import blueprint


@blueprint.post("/resources/<uuid:resource_id>/series")
@staff("catalog")
def close_again_and_again(resource_id: UUID) -> ResponseReturnValue:
    """Closes it by a rule; days and times are those of the place."""
    form = series_form.typed()
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


@blueprint.post("/resources/<uuid:resource_id>/series/<uuid:series_id>")
@staff("catalog")
def change_series(resource_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Another rule from today on."""
    series = resources.get_series(db.session(), series_id)
    form = series_form.typed(series)
    if form.validate():
        try:
            with transaction() as tx:
                given = {"version": version(), "now": clock.now(), "by": current_user.id}
                closed = resources.change_series(tx, series_id, form.fields(), **given)
                look_first(tx, resource_id, closed)
        except Invalid as fact:
            form.blame(fact)
        except Stale:
            return _meanwhile(resource_id, series_id, form)
        except Booked as booked:
            return resource_page.show(
                resource_id, changing=(series_id, form), asked=str(series_id), concerned=booked.concerned, status=409
            )
        else:
            flash(_("Saved. What is over stays as it was."), "success")
            return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="series"))
    return resource_page.show(resource_id, changing=(series_id, form), status=422)


@blueprint.post("/resources/<uuid:resource_id>/series/<uuid:series_id>/end")
@staff("catalog")
def end_series(resource_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """It closes nothing from today on."""
    with transaction() as tx:
        resources.end_series(tx, series_id, now=clock.now(), by=current_user.id)
    flash(_("It closes nothing from today on. What is over stays as it was."), "success")
    return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="series"))


def _meanwhile(resource_id: UUID, series_id: UUID, mine: SeriesForm) -> ResponseReturnValue:
    """Theirs is the rule as it has become since the page was opened."""
    found = resources.get_resource(db.session(), resource_id)
    theirs = series_form.written(resources.get_series(db.session(), series_id))
    return conflicted(mine, theirs, found, back=url_for(".resource", resource_id=resource_id, _anchor="series"))
