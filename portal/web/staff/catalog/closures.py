"""A resource's closures: adding one, by days or by the clock, and taking one back."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import reservations, resources
from portal.domains.reservations import Concerned
from portal.domains.resources import Closure
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.web import htmx
from portal.web.database import transaction
from portal.web.guards import staff
from portal.web.staff.catalog import resource_page
from portal.web.staff.catalog.forms import ClosureForm
from portal.web.staff.face import blueprint

DAY = timedelta(days=1)
MOST_SHOWN = 50


@blueprint.post("/resources/<uuid:resource_id>/closures")
@staff("catalog")
def close(resource_id: UUID) -> ResponseReturnValue:
    """Closes it; days and times are those of the place."""
    form = ClosureForm(prefix="closure-")
    if form.validate():
        try:
            with transaction() as tx:
                closed = _close(tx, resource_id, form)
                _look_first(tx, closed, form)
        except Invalid as fact:
            form.blame(fact)
        except Booked as booked:
            return resource_page.show(resource_id, closure=form, concerned=booked.concerned, status=409)
        else:
            flash(_("It is closed then. Bookings that are there already stay."), "success")
            return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="closures"))
    return resource_page.show(resource_id, closure=form, status=422)


@blueprint.post("/resources/<uuid:resource_id>/closures/<uuid:closure_id>/removal")
@staff("catalog")
def reopen(resource_id: UUID, closure_id: UUID) -> ResponseReturnValue:
    """Takes the closure back."""
    with transaction() as tx:
        resources.reopen(tx, closure_id, by=current_user.id)
    flash(_("It is open then, by its usual hours."), "success")
    return htmx.see_other(url_for(".resource", resource_id=resource_id, _anchor="closures"))


class Booked(Exception):
    """Something is booked then, and nobody has said that it shall be closed all the same."""

    def __init__(self, concerned: Sequence[Concerned]) -> None:
        super().__init__()
        self.concerned = concerned


def _look_first(tx: Tx, closed: Closure, form: ClosureForm) -> None:
    """Raises Booked, with which all is undone, so that staff see whom it concerns before they decide."""
    start, end = closed.during.lower, closed.during.upper
    if form.anyway.data or start is None or end is None:
        return
    if concerned := reservations.within(tx, closed.resource_id, start, end, limit=MOST_SHOWN):
        raise Booked(concerned)


def _close(tx: Tx, resource_id: UUID, form: ClosureForm) -> Closure:
    first, last, reason = form.first.data, form.last.data, form.text("reason")
    if form.starts.data is None and form.ends.data is None:
        return resources.close_days(tx, resource_id, first, last, reason=reason, by=current_user.id)
    starts = datetime.combine(first, form.starts.data or time())
    ends = datetime.combine(last, form.ends.data) if form.ends.data else datetime.combine(last + DAY, time())
    return resources.close_times(tx, resource_id, starts, ends, reason=reason, by=current_user.id)
