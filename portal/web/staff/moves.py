"""Moving a customer's booking for them: to any free time before it starts, with a reason that they read."""

from datetime import timedelta
from uuid import UUID

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import moving, orders, resources
from portal.domains.reservations import Behind, Hold
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import Fact
from portal.kernel.ids import new_id
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.errors import status_of
from portal.web.guards import staff
from portal.web.lines import behind_the_line
from portal.web.staff.catalog.wall import moment_of
from portal.web.staff.face import blueprint
from portal.web.staff.move_form import MoveForm

BY_STAFF = moving.House(by_staff=True)
MINUTE = timedelta(minutes=1)


@blueprint.get("/orders/<number>/lines/<uuid:line_id>/move")
@staff("bookings")
def move_booking(number: str, line_id: UUID) -> ResponseReturnValue:
    """Where to, and why."""
    return _page(number, line_id)


@blueprint.post("/orders/<number>/lines/<uuid:line_id>/move")
@staff("bookings")
def ask_move_booking(number: str, line_id: UUID) -> ResponseReturnValue:
    """It moves by itself; the customer pays nothing for it, and what is cheaper comes back."""
    form = MoveForm()
    if not form.validate():
        return _page(number, line_id, form, status=422)
    try:
        behind_the_line(lambda behind: _ask(number, line_id, form, behind))
    except Fact as fact:
        if status_of(fact) == 404:
            raise
        form.blame(fact)
        return _page(number, line_id, form, status=status_of(fact))
    flash(_("It moves by itself. The customer gets a mail with your reason."), "success")
    return htmx.see_other(url_for(".order", number=number))


def _ask(number: str, line_id: UUID, form: MoveForm, behind: Behind) -> None:
    with transaction() as tx:
        order = orders.get_by_number(tx, number)
        _line, own = moving.booking(tx, order, line_id)
        moving.request(
            tx,
            order,
            line_id,
            _wish(tx, own, form),
            by=current_user.id,
            house=BY_STAFF,
            now=clock.now(),
            reason=form.text("reason"),
            idempotency_key=request.form.get("key", "")[:64] or None,
            behind=behind,
        )


def _page(number: str, line_id: UUID, form: MoveForm | None = None, *, status: int = 200) -> ResponseReturnValue:
    tx = db.session()
    order = orders.get_by_number(tx, number)
    line, own = moving.booking(tx, order, line_id)
    zone = resources.get_resource(tx, own.resource_id).time_zone
    here = {"start": own.starts_at.astimezone(clock.zone(zone)), "minutes": (own.ends_at - own.starts_at) // MINUTE}
    return htmx.render(
        "staff/move.html",
        order=order,
        line=line,
        own=own,
        zone=zone,
        form=form or MoveForm(data=here),
        key=str(new_id()),
        status=status,
    )


def _wish(tx: Tx, own: Hold, form: MoveForm) -> moving.Wish:
    """The time as typed, on the venue's clock, and as long as it says, whatever that clock does meanwhile. Raises
    Invalid on `start`."""
    zone = clock.zone(resources.get_resource(tx, own.resource_id).time_zone)
    start = moment_of(form.start, form.start.data, zone)
    return moving.Wish(start, start + form.minutes.data * MINUTE)
