"""Sign-in and security: what protects the account, and setting up an authenticator app."""

import segno
from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import identity
from portal.kernel import clock, log
from portal.kernel.errors import Invalid
from portal.web import limits, sessions
from portal.web.auth.face import blueprint, home_of, settings, vault
from portal.web.auth.forms import CodeForm
from portal.web.database import db, transaction
from portal.web.guards import customer
from portal.web.htmx import render, see_other

logger = log.get("web.auth")


@blueprint.get("/account/security")
@customer
def security() -> Response:
    return _page(CodeForm())


@blueprint.post("/account/security/totp")
@customer
def start_totp() -> Response:
    with transaction() as tx:
        identity.enrol_totp(tx, vault(), current_user.id)
    return see_other(url_for("auth.security", need=request.args.get("need")))


@blueprint.post("/account/security/totp/confirmation")
@customer
def confirm_totp() -> Response:
    form = CodeForm()
    if not form.validate():
        return _page(form, 422)
    account = str(current_user.id)
    limits.count(settings().sign_in_tries, "code", account)
    try:
        with transaction() as tx:
            identity.confirm_totp(tx, vault(), current_user.id, form.text("code"), now=clock.now())
            person = identity.find_person(tx, current_user.id)
    except Invalid as fact:
        form.blame(fact)
        return _page(form, 422)
    limits.forgive(settings().sign_in_tries, "code", account)
    logger.info("second factor set up", account=account, factor="totp")
    if person is None or not sessions.prove(person):
        return see_other(url_for("auth.sign_in"))
    flash(_("Your authenticator app is set up. We ask for a code each time you sign in."), "success")
    return see_other(home_of(person) if request.args.get("need") == "staff" else url_for("auth.security"))


def _page(form: CodeForm, status: int = 200) -> Response:
    secret = None if current_user.has_second_factor else identity.pending_totp(db.session(), vault(), current_user.id)
    uri = identity.totp_uri(secret, current_user.email) if secret else ""
    return render(
        "auth/security.html",
        status=status,
        form=form,
        need="staff" if request.args.get("need") == "staff" else None,
        key=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)) if secret else "",
        uri=uri,
        qr=segno.make(uri, error="m").svg_data_uri(scale=5, border=3, dark="#161412", light="#ffffff") if uri else "",
    )
