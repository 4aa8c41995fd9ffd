"""What is proven by a code before it counts: a mailbox or a phone that codes go to, and another e-mail address.

What waits for its code is kept in the session it was begun in, so no other browser can finish it.
"""

import secrets
from typing import Any

from flask import Response, flash, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import identity
from portal.domains.identity import Purpose, codes
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Fact, Invalid, NotFound
from portal.web import account_letters as letters
from portal.web import limits, records, sessions
from portal.web.auth import security
from portal.web.auth.face import blueprint, settings, vault
from portal.web.auth.forms import AddressForm, CodeForm, PhoneForm, SentCodeForm
from portal.web.database import transaction
from portal.web.guards import customer, fresh
from portal.web.htmx import render, see_other

WRONG = N_("This code is not right, or it is over. Look at the latest one we sent.")


@blueprint.post("/account/security/email")
@fresh(Purpose.ACCOUNT)
@customer
def start_email() -> Response:
    """Codes by mail, to the address of the account."""
    return _send("email", current_user.email)


@blueprint.post("/account/security/phone")
@fresh(Purpose.ACCOUNT)
@customer
def start_phone() -> Response:
    """Codes by text message, to the number in the form."""
    if not settings().sms_url:
        raise NotFound
    form = PhoneForm()
    if not form.validate():
        return security.page(CodeForm(formdata=None), phone=form, status=422)
    try:
        number = identity.as_number(form.text("phone"))
    except Invalid as fact:
        form.blame(fact)
        return security.page(CodeForm(formdata=None), phone=form, status=422)
    return _send("sms", number)


@blueprint.get("/account/email")
@fresh(Purpose.ACCOUNT)
@customer
def email() -> Response:
    return render("auth/email.html", form=AddressForm(formdata=None))


@blueprint.post("/account/email")
@fresh(Purpose.ACCOUNT)
@customer
def start_address() -> Response:
    """Another address for the account; whether somebody has it is told to nobody but who reads its mails."""
    form = AddressForm()
    try:
        if form.validate():
            return _send("address", identity.checked_address(form.text("email")))
    except Invalid as fact:
        form.blame(fact)
    return render("auth/email.html", status=422, form=form)


@blueprint.get("/account/security/code")
@customer
def code_for_new() -> Response:
    return _page(SentCodeForm(formdata=None)) if _adding() else see_other(url_for("auth.security"))


@blueprint.post("/account/security/code")
@customer
def confirm_new() -> Response:
    """The code that was sent to what is new: from here on it counts."""
    adding, form = _adding(), SentCodeForm()
    if not adding:
        return see_other(url_for("auth.security"))
    if not form.validate():
        return _page(form, 422)
    account = str(current_user.id)
    limits.count(settings().sign_in_tries, "code", account)
    try:
        with transaction() as tx:
            right = codes.redeem(tx, adding["id"], current_user.id, form.text("code"), now=clock.now())
            if right:
                _add(tx, adding["kind"], adding["value"])
    except Invalid as fact:
        form.blame(Fact(str(fact.faults["email"][0]), field="code"))
        return _page(form, 422)
    if not right:
        form.blame(Fact(WRONG, field="code"))
        return _page(form, 422)
    limits.forgive(settings().sign_in_tries, "code", account)
    session.pop("adding", None)
    if not sessions.renew():
        return see_other(url_for("auth.sign_in"))
    flash(_("That is done."), "success")
    return see_other(url_for("auth.security"))


def _send(kind: str, value: str) -> Response:
    limits.count(settings().codes_sent, "codes", str(current_user.id))
    limits.count(settings().codes_sent, "codes", limits.name_of(value))
    limits.count(settings().codes_sent_per_address, "codes", limits.address())
    now, name = clock.now(), secrets.token_urlsafe(16)
    session["adding"] = {"kind": kind, "value": value, "id": name, "at": now.timestamp()}
    with transaction() as tx:
        code = codes.issue(tx, name, current_user.id, now=now)
        letters.send_code(
            tx,
            current_user.id,
            code,
            now=now,
            number=value if kind == "sms" else "",
            to=value if kind == "address" else "",
        )
        records.done(tx, "code.sent", current_user.id, factor=kind)
    return see_other(url_for("auth.code_for_new"))


def _add(tx: Tx, kind: str, value: str) -> None:
    now = clock.now()
    if kind == "address":
        before = identity.set_email(tx, current_user.id, value)
        records.done(tx, "account.email_changed", current_user.id)
        for address in (before, value):
            letters.tell_change(tx, current_user, "email", now=now, to=address)
        return
    identity.add_code_factor(tx, vault(), current_user.id, kind, value if kind == "sms" else "", now=now)
    records.done(tx, "factor.added", current_user.id, factor=kind)
    letters.tell_change(tx, current_user, "email_codes" if kind == "email" else kind, now=now)


def _adding() -> dict[str, Any] | None:
    adding = session.get("adding")
    if not adding or clock.now().timestamp() - adding["at"] >= codes.GOOD_FOR.total_seconds():
        return None
    return dict(adding)


def _page(form: SentCodeForm, status: int = 200) -> Response:
    adding = session["adding"]
    to = identity.hint_of(adding["value"]) if adding["kind"] == "sms" else adding["value"]
    return render("auth/new_code.html", status=status, form=form, to=to)
