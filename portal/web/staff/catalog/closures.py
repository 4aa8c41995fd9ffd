"""A resource's closures: adding one, by days or by the clock, and taking one back."""

from datetime import datetime, time, timedelta
from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import resources
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.web import htmx
from portal.web.database import transaction
from portal.web.guards import staff
from portal.web.staff.catalog import resource_page
from portal.web.staff.catalog.forms import ClosureForm
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
                _close(tx, resource_id, form)
        except Invalid as fact:
            form.blame(fact)
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


def _close(tx: Tx, resource_id: UUID, form: ClosureForm) -> None:
    first, last, reason = form.first.data, form.last.data, form.text("reason")
    if form.starts.data is None and form.ends.data is None:
        resources.close_days(tx, resource_id, first, last, reason=reason, by=current_user.id)
        return
    starts = datetime.combine(first, form.starts.data or time())
    ends = datetime.combine(last, form.ends.data) if form.ends.data else datetime.combine(last + DAY, time())
    resources.close_times(tx, resource_id, starts, ends, reason=reason, by=current_user.id)
