"""The refund queue: what waits for a decision, and the two decisions."""

from uuid import UUID

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import orders, refunds
from portal.domains.identity import Purpose
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.reports import refunds as report
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.errors import faults_of
from portal.web.guards import fresh, staff
from portal.web.staff.face import blueprint, cursor, cursor_of


@blueprint.get("/refunds", endpoint="refunds")
@staff("refunds")
def list_refunds() -> ResponseReturnValue:
    """The queue, what waits longest first; or what is over, the newest first."""
    tx = db.session()
    asked = request.args.get("state", "requested")
    state = asked if asked in report.STATES else None
    rows = report.find_refunds(tx, state=state, after=cursor())
    more = None
    if len(rows) == report.PAGE:
        more = url_for(".refunds", state=asked, after=cursor_of(rows[-1].created_at, rows[-1].id))
    return htmx.render("staff/refunds.html", "refund_list", rows=rows, state=state, counts=report.counts(tx), more=more)


@blueprint.get("/refunds/<uuid:refund_id>")
@staff("refunds")
def refund(refund_id: UUID) -> ResponseReturnValue:
    """One refund with everything a decision needs."""
    return _page(refund_id)


@blueprint.post("/refunds/<uuid:refund_id>/approval")
@fresh(Purpose.ACT)
@staff("refunds")
def approve(refund_id: UUID) -> ResponseReturnValue:
    """Yes: the money goes back by itself."""
    with transaction() as tx:
        refunds.approve(tx, refund_id, by=current_user.id, now=clock.now())
    flash(_("Approved. The money is on its way."), "success")
    return htmx.see_other(url_for(".refund", refund_id=refund_id))


@blueprint.post("/refunds/<uuid:refund_id>/rejection")
@staff("refunds")
def reject(refund_id: UUID) -> ResponseReturnValue:
    """No, and why."""
    reason = request.form.get("reason", "")
    try:
        with transaction() as tx:
            refunds.reject(tx, refund_id, by=current_user.id, reason=reason, now=clock.now())
    except Invalid as invalid:
        return _page(refund_id, reason=reason, faults=faults_of(invalid), status=422)
    flash(_("Turned down. The customer gets your reason by mail."), "success")
    return htmx.see_other(url_for(".refunds"))


def _page(
    refund_id: UUID, *, reason: str = "", faults: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    tx = db.session()
    found = refunds.get_refund(tx, refund_id)
    return htmx.render(
        "staff/refund.html",
        refund=found,
        order=orders.get_order(tx, found.order_id),
        returned=refunds.find_returned(tx, refund_id),
        reason=reason,
        faults=faults or {},
        status=status,
    )
