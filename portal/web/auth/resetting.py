"""A new password by a link in a mail. Who asks does not learn who has an account, not by the clock either."""

from flask import Response, request, session, url_for
from flask_babel import gettext as _

from portal.domains import identity
from portal.domains.identity import resets
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.web import account_letters as letters
from portal.web import limits, records, sessions
from portal.web.auth.face import blueprint, password_rule, settings
from portal.web.auth.forms import AddressForm, NewPasswordForm
from portal.web.database import db, transaction
from portal.web.guards import public
from portal.web.htmx import render, see_other


@blueprint.get("/password/reset")
@public
def forgot_password() -> Response:
    return render("auth/forgot_password.html", form=AddressForm(email=session.get("email_typed", "")))


@blueprint.post("/password/reset")
@public
def ask_for_link() -> Response:
    form = AddressForm()
    if not form.validate():
        return render("auth/forgot_password.html", status=422, form=form)
    email, now = form.text("email"), clock.now()
    limits.count(settings().reset_links, "reset", limits.name_of(email))
    limits.count(settings().sign_ups_per_address, "reset", limits.address())
    identity.equal_effort()  # far longer than the two rows that only a known address gets
    with transaction() as tx:
        found = identity.open_reset(tx, email, now=now)
        if found:
            account, secret = found
            letters.send_reset(tx, account, secret, now=now, good_for=resets.GOOD_FOR)
            records.done(tx, "account.reset_asked", account.id)
        else:
            records.refused(tx, "account.reset_asked", email, None)
    return render("auth/link_sent.html", email=email)


@blueprint.get("/password/link")
@public
def open_link() -> Response:
    """What the mail leads to. The secret leaves the address bar at once, so that no history or picture keeps it."""
    sessions.put_by(reset=request.args.get("token", "")[:100])
    return see_other(url_for("auth.new_password"))


@blueprint.get("/password/new")
@public
def new_password() -> Response:
    secret = session.get("reset", "")
    if not secret or not identity.is_open(db.session(), secret, now=clock.now()):
        return render("auth/link_over.html", status=404)
    return _page(NewPasswordForm())


@blueprint.post("/password/new")
@public
def set_password() -> Response:
    form = NewPasswordForm()
    if not form.validate():
        return _page(form, 422)
    try:
        with transaction() as tx:
            account = identity.redeem(
                tx,
                session.get("reset", ""),
                form.text("password"),
                now=clock.now(),
                composition=settings().password_composition,
            )
            identity.forget_devices(tx, account.id)
            records.done(tx, "account.password_reset", account.id)
            letters.tell_change(tx, account, "password", now=clock.now())
            account_id, email = account.id, account.email
    except identity.LinkOver:
        return render("auth/link_over.html", status=404)
    except Invalid as fact:
        form.blame(fact)
        return _page(form, 422)
    sessions.store().revoke_all(str(account_id))
    session.pop("reset")
    session["email_typed"] = email
    session["note"] = _("Your new password is set. Sign in with it; we signed you out everywhere else.")
    return see_other(url_for("auth.sign_in"))


def _page(form: NewPasswordForm, status: int = 200) -> Response:
    return render("auth/new_password.html", status=status, form=form, password_rule=password_rule())
