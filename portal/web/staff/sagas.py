"""The processes for staff: what waits for a person, and what is under way."""

from flask import request
from flask.typing import ResponseReturnValue

from portal.reports.sagas import find_sagas
from portal.web import htmx
from portal.web.database import db
from portal.web.guards import staff
from portal.web.staff.face import blueprint


@blueprint.get("/sagas", endpoint="sagas")
@staff("finance")
def list_sagas() -> ResponseReturnValue:
    """What waits, why, since when, and what happens next."""
    parked = request.args.get("show") != "running"
    return htmx.render("staff/sagas.html", rows=find_sagas(db.session(), parked=parked), parked=parked)
