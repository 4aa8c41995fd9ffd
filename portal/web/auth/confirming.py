"""Showing again who one is, before something that cannot be undone or that protects the account.

The same challenge as at signing in, bound to whoever is signed in here; where it begins depends on the purpose.
"""

from flask import Response, abort, request, url_for
from flask_login import current_user

from portal.domains import identity
from portal.domains.identity import Challenge, Purpose, challenge
from portal.kernel import clock
from portal.kernel.errors import Fact
from portal.web import limits, records
from portal.web.auth import challenges
from portal.web.auth.arriving import providers
from portal.web.auth.face import asked_next, blueprint, settings
from portal.web.auth.forms import PasswordForm
from portal.web.auth.outside import set_out
from portal.web.auth.signing_in import WRONG_PASSWORD
from portal.web.database import db, transaction
from portal.web.guards import customer
from portal.web.htmx import render, see_other


@blueprint.get("/confirm")
@customer
def confirm() -> Response:
    """Begins a confirmation, or goes on with the one that waits; `purpose` is act or account."""
    found = _found()
    missing = challenge.missing(found, identity.holds(db.session(), current_user.id))
    if missing & {"pwd", "fed"}:
        return _page(PasswordForm(), missing)
    return see_other(url_for("auth.sign_in_code"))


@blueprint.post("/confirm")
@customer
def give_password_again() -> Response:
    found, form = _found(), PasswordForm()
    missing = challenge.missing(found, identity.holds(db.session(), current_user.id))
    if not form.validate():
        return _page(form, missing, 422)
    account = limits.name_of(current_user.email)
    limits.count(settings().sign_in_tries, "password", account)
    with transaction() as tx:
        right = identity.check_password(tx, current_user.email, form.text("password")) is not None
        if not right:
            records.refused(tx, "confirmation.refused", current_user.email, current_user.id, factor="pwd")
    if not right:
        form.blame(Fact(WRONG_PASSWORD, field="password"))
        return _page(form, missing, 422)
    limits.forgive(settings().sign_in_tries, "password", account)
    return challenges.go_on(current_user, challenge.show(found, "pwd"))


@blueprint.post("/confirm/with/<name>")
@customer
def confirm_with(name: str) -> Response:
    """At the provider, for accounts without a password."""
    provider = providers().find(name) or abort(404)
    return set_out(provider, account=str(current_user.id), then=_found().wanted, confirms=True)


def _found() -> Challenge:
    """The confirmation that waits for this purpose, or a new one."""
    asked = request.args.get("purpose")
    purpose = Purpose.ACCOUNT if asked == Purpose.ACCOUNT else Purpose.ACT
    found = challenges.pending()
    wanted = asked_next()
    if found is None or found.purpose is not purpose or (wanted and wanted != found.wanted):
        now = clock.now().timestamp()
        found = challenge.begin(str(current_user.id), purpose, now=now, wanted=wanted)
        challenges.keep(found)
    return found


def _page(form: PasswordForm, missing: frozenset[str], status: int = 200) -> Response:
    purpose = request.args.get("purpose")
    return render(
        "auth/confirm.html",
        status=status,
        form=form,
        purpose=purpose,
        next=asked_next(),
        passkey="passkey" in missing,
        password="pwd" in missing,
    )
