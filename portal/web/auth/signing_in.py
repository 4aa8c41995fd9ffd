"""Signing in: the password, then the code for whoever has an authenticator app; and signing out."""

from uuid import UUID

from flask import Response, flash, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests

from portal.domains import identity
from portal.domains.identity import Person
from portal.kernel import clock, log
from portal.kernel.errors import N_, Fact
from portal.web import i18n, limits, sessions
from portal.web.auth import outside
from portal.web.auth.face import asked_next, blueprint, home_of, settings, vault
from portal.web.auth.forms import CodeForm, SignInForm
from portal.web.database import transaction
from portal.web.guards import public, safe_next
from portal.web.htmx import render, see_other

CODE_WITHIN = 600
"""Seconds between the password and the code."""

# The same words for a wrong password, an unknown address and a closed account.
WRONG_PASSWORD = N_("This address and this password do not belong together. Check both and try again.")
WRONG_CODE = N_("This code is not right, or it was used already. Wait for the next one and type that.")

logger = log.get("web.auth")


@blueprint.get("/sign-in")
@public
def sign_in() -> Response:
    form = SignInForm(email=session.get("email_typed", ""))
    return _page(form, note=session.pop("note", "") if "note" in session else "")


@blueprint.post("/sign-in")
@public
def give_password() -> Response:
    form = SignInForm()
    if not form.validate():
        return _page(form, status=422)
    person = _whose(form.text("email"), form.text("password"))
    if person is None:
        form.blame(Fact(WRONG_PASSWORD, field="password"))
        return _page(form, status=422)
    if person.has_second_factor:
        pending = {"account": str(person.id), "at": clock.now().timestamp(), "next": asked_next()}
        sessions.put_by(pending=pending)
        return see_other(url_for("auth.sign_in_code"))
    sessions.sign_in(person, proven=False)
    return _welcome(person, asked_next())


@blueprint.get("/sign-in/code")
@public
def sign_in_code() -> Response:
    return _code_page(CodeForm()) if _pending() else _start_again()


@blueprint.post("/sign-in/code")
@public
def give_code() -> Response:
    pending, form = _pending(), CodeForm()
    if not pending:
        return _start_again()
    if not form.validate():
        return _code_page(form, status=422)
    account = pending["account"]
    try:
        limits.count(settings().sign_in_tries, "code", account)
    except TooManyRequests:
        session.pop("pending")  # back to the password: a guesser gets no second row of tries
        raise
    with transaction() as tx:
        right = identity.verify_totp(tx, vault(), UUID(account), form.text("code"), now=clock.now())
        person = identity.find_person(tx, UUID(account)) if right else None
    if person is None or not person.is_active:
        logger.warning("sign-in refused", account=account, factor="totp")
        form.blame(Fact(WRONG_CODE, field="code"))
        return _code_page(form, status=422)
    limits.forgive(settings().sign_in_tries, "code", account)
    if not sessions.sign_in(person, proven=True):
        return _start_again()
    return _welcome(person, safe_next(pending["next"], ""))


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    if current_user.is_authenticated:
        logger.info("signed out", account=str(current_user.id))
    there = outside.way_out()
    sessions.sign_out()
    response = outside.going_on(there, None) if there else see_other(home_of())
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _whose(email: str, password: str) -> Person | None:
    """The person whom address and password belong to; tries are counted before, and forgiven if they were right."""
    rules, account = settings(), limits.name_of(email)
    limits.check(rules.sign_in_tries_per_address, "address", limits.address())
    limits.count(rules.sign_in_tries, "password", account)
    with transaction() as tx:
        found = identity.check_password(tx, email, password)
        person = identity.find_person(tx, found.id) if found else None
    if person is None:
        limits.note(rules.sign_in_tries_per_address, "address", limits.address())
        logger.warning("sign-in refused", account=account, factor="password", address=limits.address())
        return None
    limits.forgive(rules.sign_in_tries, "password", account)
    return person


def _welcome(person: Person, wanted: str) -> Response:
    logger.info("signed in", account=str(person.id))
    if not i18n.has_chosen():
        i18n.choose(person.locale)
    if person.is_staff and not person.has_second_factor:
        return see_other(url_for("auth.security", need="staff"))
    return see_other(wanted or home_of(person))


def _pending() -> dict[str, str] | None:
    """What the password step left, if it is not too long ago."""
    pending = session.get("pending")
    if not pending or clock.now().timestamp() - pending["at"] > CODE_WITHIN:
        return None
    return dict(pending)


def _start_again() -> Response:
    if session.pop("pending", None):
        flash(_("That took more than ten minutes. Please sign in again."), "warning")
    return see_other(url_for("auth.sign_in"))


def _page(form: SignInForm, *, status: int = 200, note: str = "") -> Response:
    return render("auth/sign_in.html", status=status, form=form, next=asked_next(), note=note)


def _code_page(form: CodeForm, *, status: int = 200) -> Response:
    return render("auth/sign_in_code.html", status=status, form=form)
