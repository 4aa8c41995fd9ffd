"""Sign-in and security: everything that protects the account in one place, and setting up an authenticator app."""

import segno
from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import identity
from portal.domains.identity import Purpose, challenge
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.web import account_letters as letters
from portal.web import limits, records, sessions
from portal.web.auth import passkeys
from portal.web.auth.face import blueprint, home_of, settings, vault
from portal.web.auth.forms import CodeForm, PhoneForm
from portal.web.database import db, transaction
from portal.web.guards import customer, fresh
from portal.web.htmx import render, see_other


@blueprint.get("/account/security")
@customer
def security() -> Response:
    return page(CodeForm(formdata=None))


@blueprint.post("/account/security/totp")
@fresh(Purpose.ACCOUNT)
@customer
def start_totp() -> Response:
    with transaction() as tx:
        identity.enrol_totp(tx, vault(), current_user.id)
    return see_other(url_for("auth.security", need=request.args.get("need")))


@blueprint.post("/account/security/totp/confirmation")
@fresh(Purpose.ACCOUNT)
@customer
def confirm_totp() -> Response:
    form = CodeForm()
    if not form.validate():
        return page(form, status=422)
    account = str(current_user.id)
    limits.count(settings().sign_in_tries, "code", account)
    try:
        with transaction() as tx:
            identity.confirm_totp(tx, vault(), current_user.id, form.text("code"), now=clock.now())
            person = identity.find_person(tx, current_user.id)
            records.done(tx, "factor.added", current_user.id, factor="totp")
            letters.tell_change(tx, current_user, "totp", now=clock.now())
    except Invalid as fact:
        form.blame(fact)
        return page(form, status=422)
    limits.forgive(settings().sign_in_tries, "code", account)
    if person is None or not sessions.prove(person):
        return see_other(url_for("auth.sign_in"))
    flash(_("Your authenticator app is set up. We ask for a code each time you sign in."), "success")
    return see_other(home_of(person) if request.args.get("need") == "staff" else url_for("auth.security"))


@blueprint.post("/account/security/<kind>/removal")
@fresh(Purpose.ACCOUNT)
@customer
def remove_factor(kind: str) -> Response:
    """Takes a second factor away (totp, sms or email; passkeys have names of their own); the others stay."""
    if kind not in {"totp", "sms", "email"}:
        raise NotFound
    with transaction() as tx:
        identity.remove_factor(tx, current_user.id, kind)
        records.done(tx, "factor.removed", current_user.id, factor=kind)
        letters.tell_change(tx, current_user, f"{'email_codes' if kind == 'email' else kind}.removed", now=clock.now())
    flash(_("It is removed."), "success")
    return see_other(url_for("auth.security" if sessions.renew() else "auth.sign_in"))


def page(form: CodeForm, *, phone: PhoneForm | None = None, status: int = 200) -> Response:
    """The page, with what was wrong in one of its forms."""
    tx, person = db.session(), current_user
    secret = None if "totp" in person.factors else identity.pending_totp(tx, vault(), person.id)
    uri = identity.totp_uri(secret, person.email) if secret else ""
    number = identity.phone_of(tx, vault(), person.id) if "sms" in person.factors else None
    return render(
        "auth/security.html",
        status=status,
        form=form,
        phone_form=phone or PhoneForm(formdata=None),
        need="staff" if request.args.get("need") == "staff" else None,
        key=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)) if secret else "",
        uri=uri,
        qr=segno.make(uri, error="m").svg_data_uri(scale=5, border=3, dark="#161412", light="#ffffff") if uri else "",
        offers_sms=bool(settings().sms_url),
        phone=identity.hint_of(number) if number else "",
        has_password=identity.get_account(tx, person.id).password_hash is not None,
        codes_left=identity.codes_left(tx, person.id),
        strong=bool(person.factors & challenge.STRONG),
        passkeys=identity.passkeys.of_account(tx, person.id),
        passkey_home=passkeys.home(),
        devices=[
            {"id": one.id, "name": records.device(one.agent), "since": one.since}
            for one in identity.remembered(tx, person.id, now=clock.now())
        ],
        sessions=sessions_of(str(person.id)),
    )


def sessions_of(account: str) -> list[dict[str, object]]:
    """What is signed in as this person, this browser first."""
    here = identity.key_of(sessions.current().sid)
    found = [
        {
            "key": one.key,
            "name": records.device(one.agent),
            "address": one.address,
            "began": one.began,
            "seen": one.seen,
            "here": one.key == here,
        }
        for one in sessions.store().of_account(account)
    ]
    return sorted(found, key=lambda one: not one["here"])
