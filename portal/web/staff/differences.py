"""Differences between our books and the provider's: what they mean, what to do, and dropping one with a reason."""

from uuid import UUID

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import orders, payments, reconciliation
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.steps import Unknown
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.errors import faults_of
from portal.web.guards import staff
from portal.web.staff.face import blueprint, cursor, cursor_of

STATES = ("open", "cured", "dismissed")


@blueprint.get("/differences", endpoint="differences")
@staff("finance")
def list_differences() -> ResponseReturnValue:
    """What our books and the provider's do not agree on, the oldest first."""
    return _page()


@blueprint.post("/differences/<uuid:difference_id>/dismissal")
@staff("finance")
def dismiss_difference(difference_id: UUID) -> ResponseReturnValue:
    """Nothing has to be done, and why."""
    reason = request.form.get("reason", "")
    try:
        with transaction() as tx:
            reconciliation.dismiss(tx, difference_id, by=current_user.id, reason=reason, now=clock.now())
    except Invalid as invalid:
        return _page(tried=difference_id, reason=reason, faults=faults_of(invalid), status=422)
    flash(_("Noted. It is off the list."), "success")
    return htmx.see_other(url_for(".differences"))


@blueprint.post("/differences/<uuid:difference_id>/late-payment")
@staff("finance")
def take_in_late(difference_id: UUID) -> ResponseReturnValue:
    """Asks the provider once more; if it confirms the money, it is booked again or goes back."""
    try:
        taken_in = reconciliation.take_in(transaction, difference_id, by=current_user.id, now=clock.now())
    except (Unknown, payments.NotYet):
        flash(_("The provider cannot tell just now. Nothing was changed; try again a little later."), "warning")
    else:
        flash(*_answer(taken_in))
    return htmx.see_other(url_for(".differences"))


def _answer(taken_in: bool) -> tuple[str, str]:
    if taken_in:
        return _("The money is there. It is booked again if all is still free, else it goes back."), "success"
    told = _("The provider does not confirm it: another amount, or some of it went back. Nothing was changed.")
    return told, "warning"


def _page(
    *, tried: UUID | None = None, reason: str = "", faults: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    tx = db.session()
    asked = request.args.get("state", "open")
    state = asked if asked in STATES else "open"
    rows = reconciliation.find_differences(tx, state=state, after=cursor())
    more = None
    if len(rows) == reconciliation.PAGE:
        more = url_for(".differences", state=state, after=cursor_of(rows[-1].found_at, rows[-1].id))
    return htmx.render(
        "staff/differences.html",
        rows=[(row, *told(row.kind), row.number and orders.find_by_number(tx, row.number)) for row in rows],
        state=state,
        run=reconciliation.last_run(tx),
        more=more,
        tried=tried,
        reason=reason,
        faults=faults or {},
        status=status,
    )


def told(kind: str) -> tuple[str, str]:
    """What a difference means and what to do about it, in people's words."""
    return {
        "charge_unknown_here": (
            _("The provider took money that no order of ours knows."),
            _("Find out who paid; give it back at the provider if nobody did."),
        ),
        "charge_in_doubt_here": (
            _("The provider took the money; our order still waits to hear."),
            _("Open the order's payment and ask the provider now."),
        ),
        "charge_given_up_here": (
            _("The money came after we had given the order up."),
            _("It settles itself once the provider confirms the whole amount. If it does not, look there."),
        ),
        "charge_missing_there": (
            _("We count a payment that the provider does not have."),
            _("Look at the order before its booking is used."),
        ),
        "amount_differs": (_("The two amounts are not the same."), _("Compare both and correct the lower one.")),
        "refund_unknown_here": (
            _("Money went back that we did not send."),
            _("Somebody refunded at the provider by hand: note it on the order."),
        ),
        "refund_in_doubt_here": (
            _("The money went back; our refund still waits to hear."),
            _("Open the refund and ask the provider now."),
        ),
        "refund_missing_there": (
            _("We count a refund that the provider does not have."),
            _("The customer may still wait for the money: ask the provider."),
        ),
        "refund_failed_there": (
            _("The bank gave the refund back to the provider."),
            _("The customer has nothing yet: send it again, or another way."),
        ),
    }[kind]
