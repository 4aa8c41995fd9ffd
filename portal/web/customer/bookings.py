"""My bookings: to come, past and cancelled."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.kernel import clock
from portal.kernel.money import Money
from portal.reports.bookings import PAGE, WHICH, BookingRow, bookings_of
from portal.web.customer import waiting
from portal.web.customer.face import blueprint, cursor, cursor_of
from portal.web.database import db
from portal.web.guards import customer
from portal.web.htmx import render
from portal.web.pictures import covers


@blueprint.get("/bookings")
@customer
def bookings() -> Response:
    which = request.args.get("which", "to-come")
    which = which if which in WHICH else "to-come"
    now = clock.now()
    found = bookings_of(db.session(), current_user.id, which, now=now, limit=PAGE + 1, after=cursor())
    rows = found[:PAGE]
    more = (
        url_for("customer.bookings", which=which, after=cursor_of(rows[-1].when, rows[-1].id)) if found[PAGE:] else ""
    )
    names = {"to-come": _("To come"), "past": _("Past"), "cancelled": _("Cancelled")}
    tabs = [(name, url_for("customer.bookings", which=key), key == which, None) for key, name in names.items()]
    shown = covers(db.session(), {row.product_id: row.cover for row in rows})
    cards = [_card(row) | {"cover": shown[row.product_id]} for row in rows]
    paged = "after" in request.args
    return render(
        "customer/bookings.html",
        cards=cards,
        which=which,
        tabs=tabs,
        more=more,
        paged=paged,
        waits=waiting.told(db.session(), now) if which == "to-come" and not paged else [],
    )


def _card(row: BookingRow) -> dict[str, Any]:
    """The order as the card of a list takes it."""
    zone = clock.zone(row.time_zone) if row.time_zone else None
    return {
        "name": _("%(title)s and %(count)s more", title=row.title, count=row.others) if row.others else row.title,
        "url": url_for("customer.order", number=row.number),
        "start": row.starts_at.astimezone(zone) if row.starts_at else None,
        "place": row.place,
        "state": row.state,
        "total": Money(row.total, row.currency),
        "number": row.number,
    }
