"""Moving a customer's booking for them: to any free time before it starts, with a reason that they read."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import moving, orders, resources
from portal.domains.reservations import Behind, Hold
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Fact, Invalid
from portal.kernel.ids import new_id
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.errors import faults_of, status_of, words_of
from portal.web.guards import staff
from portal.web.lines import behind_the_line
from portal.web.staff.face import blueprint

BY_STAFF = moving.House(by_staff=True)
MOST_MINUTES = 60 * 24 * 31
YEARS = range(2000, 2200)


@blueprint.get("/orders/<number>/lines/<uuid:line_id>/move")
@staff("bookings")
def move_booking(number: str, line_id: UUID) -> ResponseReturnValue:
    """Where to, and why."""
    return _page(number, line_id, {})


@blueprint.post("/orders/<number>/lines/<uuid:line_id>/move")
@staff("bookings")
def ask_move_booking(number: str, line_id: UUID) -> ResponseReturnValue:
    """It moves by itself; the customer pays nothing for it, and what is cheaper comes back."""
    form = request.form
    try:
        behind_the_line(lambda behind: _ask(number, line_id, behind))
    except Fact as fact:
        if status_of(fact) == 404:
            raise
        return _page(number, line_id, form, faults=faults_of(fact) or {"": words_of(fact)}, status=status_of(fact))
    flash(_("It moves by itself. The customer gets a mail with your reason."), "success")
    return htmx.see_other(url_for(".order", number=number))


def _ask(number: str, line_id: UUID, behind: Behind) -> None:
    form = request.form
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
            reason=form.get("reason", ""),
            idempotency_key=form.get("key", "")[:64] or None,
            behind=behind,
        )


def _page(
    number: str, line_id: UUID, given: Any, *, faults: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    tx = db.session()
    order = orders.get_by_number(tx, number)
    line, own = moving.booking(tx, order, line_id)
    zone = resources.get_resource(tx, own.resource_id).time_zone
    here = own.starts_at.astimezone(clock.zone(zone))
    return htmx.render(
        "staff/move.html",
        order=order,
        line=line,
        own=own,
        zone=zone,
        start=given.get("start") or here.strftime("%Y-%m-%dT%H:%M"),
        minutes=given.get("minutes") or (own.ends_at - own.starts_at) // timedelta(minutes=1),
        reason=given.get("reason", ""),
        key=str(new_id()),
        faults=faults or {},
        status=status,
    )


def _wish(tx: Tx, own: Hold, form: Any) -> moving.Wish:
    """The time as typed, on the venue's clock. Raises Invalid on `start` and `minutes`."""
    zone = clock.zone(resources.get_resource(tx, own.resource_id).time_zone)
    faults = {}
    start = _typed(form.get("start", ""), zone)
    if start is None:
        faults["start"] = N_("Write a day and a time.")
    minutes = form.get("minutes", "").strip()
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) < 10 and 0 < int(minutes) <= MOST_MINUTES):
        faults["minutes"] = N_("Write a whole number.")
    if start is None or faults:
        raise Invalid(faults)
    return moving.Wish(start, start + timedelta(minutes=int(minutes)))


def _typed(value: str, zone: ZoneInfo) -> datetime | None:
    """The moment on the venue's clock; None for anything else, and for years where a length could leave the
    calendar."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.replace(tzinfo=zone) if found.year in YEARS else None
