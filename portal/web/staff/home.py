"""Today: the day in a few numbers, what waits, and what happened just now."""

from flask.typing import ResponseReturnValue

from portal.kernel import clock
from portal.reports import today as report
from portal.web import htmx
from portal.web.database import db
from portal.web.guards import staff
from portal.web.staff import happenings
from portal.web.staff.face import blueprint, settings


@blueprint.get("")
@staff("desk")
def home() -> ResponseReturnValue:
    """The first page of the back office."""
    tx, now = db.session(), clock.now()
    numbers = report.today(tx, now=now, zone=settings().default_time_zone)
    return htmx.render("staff/home.html", today=numbers, now=now, recent=happenings.just_now(tx))
