"""Points: how many there are, how many can be used, and where they came from."""

from uuid import UUID

from flask import Response, request, url_for
from flask_login import current_user

from portal.domains import points as ledger
from portal.kernel import clock
from portal.reports.bookings import numbers_of
from portal.web.customer.face import blueprint
from portal.web.database import db
from portal.web.guards import customer
from portal.web.htmx import render

PAGE = 25


@blueprint.get("/points")
@customer
def points() -> Response:
    tx = db.session()
    before = _before(request.args.get("before", ""))
    found = ledger.entries_of(tx, current_user.id, limit=PAGE + 1, before=before)
    entries = found[:PAGE]
    return render(
        "customer/points.html",
        balance=ledger.balance_of(tx, current_user.id, now=clock.now()),
        entries=entries,
        numbers=numbers_of(tx, current_user.id, [entry.order_id for entry in entries if entry.order_id]),
        more=url_for("customer.points", before=entries[-1].id) if found[PAGE:] else "",
        paged=before is not None,
    )


def _before(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
