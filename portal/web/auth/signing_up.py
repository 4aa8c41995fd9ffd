"""Opening an account. Who asks does not learn whether the address had one already: both ways lead to signing in."""

from flask import Response, session, url_for
from flask_babel import gettext as _

from portal.domains import identity
from portal.kernel.errors import Invalid
from portal.web import limits, records
from portal.web.auth.face import asked_next, blueprint, password_rule, settings
from portal.web.auth.forms import SignUpForm
from portal.web.database import transaction
from portal.web.guards import public
from portal.web.htmx import render, see_other
from portal.web.i18n import language


@blueprint.get("/sign-up")
@public
def sign_up() -> Response:
    return _page(SignUpForm())


@blueprint.post("/sign-up")
@public
def create_account() -> Response:
    form = SignUpForm()
    if not form.validate():
        return _page(form, 422)
    limits.count(settings().sign_ups_per_address, "sign-up", limits.address())
    try:
        with transaction() as tx:
            account = identity.register(
                tx,
                form.text("email"),
                form.text("name"),
                form.text("password"),
                locale=language(),
                composition=settings().password_composition,
            )
            records.done(tx, "account.opened", account.id)
    except identity.EmailTaken:
        pass
    except Invalid as fact:
        form.blame(fact)
        return _page(form, 422)
    session["email_typed"] = form.text("email")
    session["note"] = _(
        "Thank you. Sign in with the password you chose. If this address had an account before, its old password stays."
    )
    return see_other(url_for("auth.sign_in", next=asked_next() or None))


def _page(form: SignUpForm, status: int = 200) -> Response:
    return render("auth/sign_up.html", status=status, form=form, password_rule=password_rule(), next=asked_next())
