"""A booking as a calendar file, the same that its mail carries."""

from email.headerregistry import Address
from email.utils import parseaddr

from flask import Response, request, url_for
from flask_login import current_user

from portal.domains import notifications, orders
from portal.kernel.errors import NotFound
from portal.web.customer.face import blueprint, settings, whole
from portal.web.database import db
from portal.web.guards import customer


@blueprint.get("/orders/<number>/calendar.ics")
@customer
def calendar(number: str) -> Response:
    """The order's first booking, or its `?booking=2` …; one event a file, as calendars want it."""
    tx = db.session()
    order = orders.get_by_number(tx, number, account_id=current_user.id)
    bookings = [(line.hold_id, line.title) for line in order.lines if line.hold_id]
    place = whole(request.args.get("booking", "1")) or 0
    if order.state not in {"completed", "refunding"} or not 1 <= place <= len(bookings):
        raise NotFound
    name, address = parseaddr(settings().mail_from)
    _method, file = notifications.calendar_file(
        orders.booking_events(tx, dict([bookings[place - 1]]), status="CONFIRMED")[0],
        organizer=Address(name, addr_spec=address),
        attendee=Address(current_user.name, addr_spec=current_user.email),
        written_at=order.updated_at,
        url=url_for("customer.order", number=order.number, _external=True),
    )
    response = Response(file, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{order.number}-{place}.ics"'
    return response
