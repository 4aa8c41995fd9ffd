"""Stuck money: what waits for a person, why, since when, what happens next, and what can be done about it."""

from typing import Any
from uuid import UUID

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import audit, identity, payments, reconciliation, recovery
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.reports.sagas import WHICH, find_sagas
from portal.web import htmx
from portal.web.database import db, transaction
from portal.web.errors import faults_of
from portal.web.guards import staff
from portal.web.staff import cures, happenings
from portal.web.staff.face import blueprint, settings


@blueprint.get("/sagas", endpoint="sagas")
@staff("finance")
def list_sagas() -> ResponseReturnValue:
    """What waits, why, since when, and what happens next."""
    asked = request.args.get("show", "")
    which = asked if asked in WHICH else "person"
    tx = db.session()
    return htmx.render(
        "staff/sagas.html",
        rows=[(row, cures.why(row), cures.what_next(row)) for row in find_sagas(tx, which)],
        which=which,
        proposals=_proposals(tx),
        differences=reconciliation.count_open(tx),
    )


@blueprint.get("/sagas/<kind>/<key>")
@staff("finance")
def saga(kind: str, key: str) -> ResponseReturnValue:
    """One process with its steps, its tries at the provider, and the acts it allows."""
    return _page(kind, key)


@blueprint.post("/sagas/<kind>/<key>/<act>")
@staff("finance")
def cure(kind: str, key: str, act: str) -> ResponseReturnValue:
    """Does what a person decided, or proposes it to a second one."""
    if act not in recovery.ACTS:
        abort(404)
    given = {name: request.form.get(name, "") for name in ("reason", "reference")}
    try:
        with transaction() as tx:
            proposal = recovery.act(
                tx,
                act,
                kind,
                key,
                by=current_user.id,
                now=clock.now(),
                four_eyes_above=settings().four_eyes_above,
                **given,
            )
    except Invalid as invalid:
        return _page(kind, key, act=act, given=given, faults=faults_of(invalid), status=422)
    said = _("Proposed. A second person has to confirm it.") if proposal else cures.said(act)
    flash(said, "info" if proposal else "success")
    return htmx.see_other(_after(kind, key, done=proposal is None))


@blueprint.post("/proposals/<uuid:proposal_id>/confirmation")
@staff("finance")
def confirm_proposal(proposal_id: UUID) -> ResponseReturnValue:
    """The second person says yes, and it is done."""
    with transaction() as tx:
        proposal = recovery.confirm(tx, proposal_id, by=current_user.id, now=clock.now())
        kind, key = str(proposal.details["kind"]), str(proposal.details["key"])
        done = cures.said(proposal.act)
    flash(done, "success")
    return htmx.see_other(_after(kind, key, done=True))


@blueprint.post("/proposals/<uuid:proposal_id>/withdrawal")
@staff("finance")
def withdraw_proposal(proposal_id: UUID) -> ResponseReturnValue:
    """The proposal is dropped; nothing is done."""
    with transaction() as tx:
        audit.withdraw(tx, proposal_id, by=current_user.id, now=clock.now())
    flash(_("Dropped. Nothing was done."), "info")
    return htmx.see_other(url_for(".sagas"))


def _page(
    kind: str,
    key: str,
    *,
    act: str = "",
    given: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    tx = db.session()
    case = recovery.find_case(tx, kind, key)
    subject = f"{kind} {key}"
    return htmx.render(
        "staff/saga.html",
        case=case,
        told=cures.story(case.progress),
        cures=[
            cures.Cure.of(name, case.amount > settings().four_eyes_above, returned=kind == recovery.RETURNED)
            for name in case.acts
        ],
        attempts=payments.attempts_of(tx, case.order_id) if case.order_id else [],
        proposals=[one for one in _proposals(tx) if one["proposal"].subject == subject],
        events=happenings.changes(tx, "order", case.order_id, limit=20) if case.order_id else [],
        tried=act,
        given=given or {},
        faults=faults or {},
        status=status,
    )


def _after(kind: str, key: str, *, done: bool) -> str:
    """Where to go after an act: to the same page, unless what it was about is no longer there."""
    if done and kind == recovery.RETURNED:
        return url_for(".sagas")
    return url_for(".saga", kind=kind, key=key)


def _proposals(tx: Tx) -> list[dict[str, Any]]:
    """What waits for a second person: the proposal, who made it, and whether it may be confirmed by the reader."""
    return [
        {
            "proposal": proposal,
            "words": cures.Cure.of(proposal.act, two=False).label,
            "by": identity.get_account(tx, proposal.proposed_by).name,
            "mine": proposal.proposed_by == current_user.id,
        }
        for proposal in audit.open_proposals(tx)
    ]
