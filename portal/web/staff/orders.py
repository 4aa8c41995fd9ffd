"""Orders for staff: the list with its filters, and one order with its money and the steps behind it."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.domains import audit, identity, moving, orders, payments, refunds, reservations, resources
from portal.kernel import clock, sagas
from portal.kernel.db import Tx
from portal.reports.orders import PAGE, find_orders
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.guards import staff
from portal.web.staff import happenings, processes
from portal.web.staff.face import blueprint, cursor, cursor_of

STATES = ("processing", "awaiting_payment", "completed", "refunding", "refunded", "cancelled")


@blueprint.get("/orders", endpoint="orders")
@staff("bookings")
def list_orders() -> ResponseReturnValue:
    """The list, newest first."""
    q = request.args.get("q", "")[:100]
    state = request.args.get("state") if request.args.get("state") in STATES else None
    rows = find_orders(db.session(), q=q, state=state, before=cursor())
    more = None
    if len(rows) == PAGE:
        more = url_for(".orders", q=q or None, state=state, after=cursor_of(rows[-1].placed_at, rows[-1].id))
    return htmx.render("staff/orders.html", "order_list", rows=rows, q=q, state=state, states=STATES, more=more)


@blueprint.get("/orders/<number>")
@staff("bookings")
def order(number: str) -> ResponseReturnValue:
    """One order: what it is, where its money is, and every step of its processes."""
    return htmx.render("staff/order.html", **_seen(db.session(), number))


@blueprint.post("/orders/<number>/resumption")
@staff("finance")
def resume(number: str) -> ResponseReturnValue:
    """Sends a parked process on its way again."""
    with transaction() as tx:
        found = orders.get_by_number(tx, number)
        resumed = [sagas.engine().resume(tx, kind, key) for kind, key in processes.keys_of(tx, found)]
        if any(resumed):
            audit.record(tx, current_user.id, "saga.resumed", "order", str(found.id), number=found.number)
    return htmx.see_other(url_for(".order", number=found.number))


def _seen(tx: Tx, number: str) -> dict[str, Any]:
    found = orders.get_by_number(tx, number)
    holds = {hold.id: hold for hold in reservations.holds(tx, [x.hold_id for x in found.lines if x.hold_id])}
    return {
        "order": found,
        "account": identity.get_account(tx, found.account_id),
        "holds": holds,
        "zones": {id: resources.get_resource(tx, id).time_zone for id in {hold.resource_id for hold in holds.values()}},
        "processes": processes.processes_of(tx, found),
        "movable": moving.movable(tx, found, house=moving.House(by_staff=True), now=clock.now()),
        "payments": payments.payments_of(tx, found.id),
        "attempts": payments.attempts_of(tx, found.id),
        "refunds": refunds.refunds_of(tx, found.id),
        "came_back": {one.of for one in refunds.returned(tx, found.id)},
        "events": happenings.changes(tx, "order", found.id, limit=30),
    }
