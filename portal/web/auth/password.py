"""Choosing another password while signed in: the current one is asked for, and others may be signed out."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import identity
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.web import account_letters as letters
from portal.web import limits, records, sessions
from portal.web.auth.face import blueprint, password_rule, settings
from portal.web.auth.forms import ChangePasswordForm
from portal.web.database import transaction
from portal.web.guards import customer
from portal.web.htmx import render, see_other


@blueprint.get("/account/password")
@customer
def password() -> Response:
    return _page(ChangePasswordForm())


@blueprint.post("/account/password")
@customer
def change_password() -> Response:
    form = ChangePasswordForm()
    if not form.validate():
        return _page(form, 422)
    account = limits.name_of(current_user.email)
    limits.count(settings().sign_in_tries, "password", account)
    try:
        with transaction() as tx:
            identity.change_password(
                tx,
                current_user.id,
                form.text("current"),
                form.text("password"),
                composition=settings().password_composition,
            )
            identity.forget_devices(tx, current_user.id)
            records.done(tx, "account.password_changed", current_user.id)
            letters.tell_change(tx, current_user, "password", now=clock.now())
    except Invalid as fact:
        form.blame(fact)
        return _page(form, 422)
    limits.forgive(settings().sign_in_tries, "password", account)
    if not sessions.renew():
        return see_other(url_for("auth.sign_in"))
    if form.others.data:
        sessions.store().revoke_all(str(current_user.id), keep=sessions.current().sid)
    flash(_("Your password is changed."), "success")
    return see_other(url_for("auth.security"))


def _page(form: ChangePasswordForm, status: int = 200) -> Response:
    return render("auth/password.html", status=status, form=form, password_rule=password_rule())
