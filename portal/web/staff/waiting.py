"""Waiting lists for staff: who waits for what, what became of offers, and taking somebody off a list."""

from uuid import UUID

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import catalog, waiting
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.reports.waiting import PAGE, WHICH, find_wait, find_waits
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.errors import faults_of, words_of
from portal.web.guards import staff
from portal.web.lines import serve
from portal.web.staff.face import blueprint, cursor, cursor_of


@blueprint.get("/waiting", endpoint="waiting")
@staff("bookings")
def list_waiting() -> ResponseReturnValue:
    """Who waits, who is offered a place, and what became of the others; all, or one product's."""
    tx = db.session()
    which = request.args.get("which", "waiting")
    which = which if which in WHICH else "waiting"
    slug = request.args.get("product", "")[:100] or None
    rows = find_waits(tx, which, slug=slug, limit=PAGE + 1, after=cursor())
    more = None
    if rows[PAGE:]:
        last = rows[PAGE - 1]
        more = url_for(".waiting", which=which, product=slug, after=cursor_of(last.cursor, last.id))
    return htmx.render(
        "staff/waiting.html",
        rows=rows[:PAGE],
        which=which,
        slug=slug,
        product=catalog.find_product(tx, slug, hidden=True) if slug else None,
        more=more,
    )


@blueprint.get("/waiting/<uuid:entry_id>")
@staff("bookings")
def wait(entry_id: UUID) -> ResponseReturnValue:
    """One entry, and the form that takes it off."""
    return _page(entry_id)


@blueprint.post("/waiting/<uuid:entry_id>/removal")
@staff("bookings")
def remove_wait(entry_id: UUID) -> ResponseReturnValue:
    """Off the list; what was offered goes to the next in line."""
    reason = request.form.get("reason", "")
    try:
        with transaction() as tx:
            entry = waiting.remove(tx, entry_id, reason=reason, now=clock.now(), by=current_user.id)
            state, line = entry.state, (entry.product_id, entry.starts_at)
    except Invalid as fact:
        return _page(entry_id, reason=reason, faults=faults_of(fact), status=422)
    except waiting.OfferTaken as fact:
        flash(words_of(fact), "error")
        return htmx.see_other(url_for(".wait", entry_id=entry_id))
    if state == "removed":
        serve(*line)
        flash(_("They are off the list. The others move up."), "success")
    return htmx.see_other(url_for(".waiting"))


def _page(
    entry_id: UUID, *, reason: str = "", faults: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    row = find_wait(db.session(), entry_id)
    if row is None:
        raise NotFound
    return htmx.render("staff/wait.html", status=status, row=row, reason=reason, faults=faults or {})
