"""People and access: who may do what, where they are signed in; giving roles, ending sessions, closing an account.

Nobody sets another person's password here (ASVS 5.0 6.4.6): staff send a link, and the person chooses.
"""

from uuid import UUID

from flask import abort, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import audit, identity
from portal.domains.identity import Purpose, resets
from portal.kernel import clock
from portal.kernel.errors import N_, Refusal
from portal.web import account_letters as letters
from portal.web import htmx, records, sessions
from portal.web.database import db, transaction
from portal.web.guards import fresh, staff
from portal.web.staff.face import blueprint

YOURSELF = N_("Nobody takes the keys from themselves. Ask somebody else who has this role.")


@blueprint.get("/access", endpoint="access")
@staff("admin")
def people() -> ResponseReturnValue:
    """Staff, or whoever is looked for by name or address."""
    q = request.args.get("q", "").strip()[:100]
    found = identity.find_people(db.session(), q)
    return htmx.render("staff/access.html", "people_list", people=found, q=q, most=identity.MOST_PEOPLE)


@blueprint.get("/access/<uuid:account_id>")
@staff("admin")
def person(account_id: UUID) -> ResponseReturnValue:
    """One person: roles, factors, sessions, and what happened to the account lately."""
    tx = db.session()
    found = identity.find_person(tx, account_id) or abort(404)
    return htmx.render(
        "staff/person.html",
        person=found,
        roles=identity.ROLES,
        sessions=[(records.device(one.agent), one) for one in sessions.store().of_account(str(account_id))],
        entries=audit.entries_about(tx, "account", account_id, limit=20),
    )


@blueprint.post("/access/<uuid:account_id>/roles")
@fresh(Purpose.ACT)
@staff("admin")
def set_roles(account_id: UUID) -> ResponseReturnValue:
    """Gives and takes roles, as the form says; what was opened by one that is gone closes at the next request."""
    wanted = set(request.form.getlist("role"))
    with transaction() as tx:
        before = identity.get_account(tx, account_id).roles
        if account_id == current_user.id and "admin" in before - wanted:
            raise Refusal(YOURSELF)
        for role in sorted(wanted - before):
            identity.grant_role(tx, account_id, role)
        for role in sorted(before - wanted):
            identity.revoke_role(tx, account_id, role)
        if wanted != before:
            identity.forget_devices(tx, account_id)
            changed = {"given": sorted(wanted - before), "taken": sorted(before - wanted)}
            records.done(tx, "account.roles_changed", account_id, by=current_user.id, **changed)
    flash(_("The roles are as you chose."), "success")
    return _back(account_id)


@blueprint.post("/access/<uuid:account_id>/sessions/end")
@fresh(Purpose.ACT)
@staff("admin")
def end_sessions(account_id: UUID) -> ResponseReturnValue:
    """Signs the person out everywhere, or of the one session named `key`."""
    key, store = request.form.get("key", ""), sessions.store()
    with transaction() as tx:
        identity.get_account(tx, account_id)
        if key:
            ended = int(store.revoke(str(account_id), key))
        else:
            ended = store.revoke_all(str(account_id))
            identity.forget_devices(tx, account_id)
        records.done(tx, "session.ended", account_id, by=current_user.id, which=key[:8] or "all", count=ended)
    flash(_("Signed out there."), "success")
    return _back(account_id)


@blueprint.post("/access/<uuid:account_id>/reset")
@fresh(Purpose.ACT)
@staff("admin")
def send_reset_link(account_id: UUID) -> ResponseReturnValue:
    """Sends the person a link for a new password."""
    now = clock.now()
    with transaction() as tx:
        opened = identity.open_reset(tx, identity.get_account(tx, account_id).email, now=now)
        if opened:
            account, secret = opened
            letters.send_reset(tx, account, secret, now=now, good_for=resets.GOOD_FOR)
            records.done(tx, "account.reset_asked", account_id, by=current_user.id)
    flash(_("A link is on its way to them."), "success")
    return _back(account_id)


@blueprint.post("/access/<uuid:account_id>/closing")
@fresh(Purpose.ACT)
@staff("admin")
def close_account(account_id: UUID) -> ResponseReturnValue:
    """Closes the account, or opens it again (`open=1`). Closing ends its sessions and its apps' tokens at once."""
    if account_id == current_user.id:
        raise Refusal(YOURSELF)
    opens = bool(request.form.get("open"))
    with transaction() as tx:
        if opens:
            identity.reopen_account(tx, account_id)
        else:
            identity.close_account(tx, account_id, now=clock.now())
        action = "account.reopened" if opens else "account.closed"
        records.done(tx, action, account_id, by=current_user.id)
    if not opens:
        sessions.store().revoke_all(str(account_id))
    flash(_("The account is open again.") if opens else _("The account is closed."), "success")
    return _back(account_id)


def _back(account_id: UUID) -> ResponseReturnValue:
    return htmx.see_other(url_for(".person", account_id=account_id))
