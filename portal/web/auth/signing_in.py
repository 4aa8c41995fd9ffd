"""Signing in: the password, then a second factor for whoever has one; and signing out."""

from uuid import UUID

from flask import Response, request, session
from flask_login import current_user
from werkzeug.exceptions import TooManyRequests

from portal.domains import identity
from portal.domains.identity import Challenge, Person, Purpose, challenge, codes
from portal.kernel import clock
from portal.kernel.errors import N_, Fact
from portal.web import limits, records, sessions
from portal.web.auth import arriving, challenges, outside
from portal.web.auth.face import asked_next, blueprint, home_of, settings, vault
from portal.web.auth.forms import ShownForm, SignInForm
from portal.web.database import db, transaction
from portal.web.guards import public
from portal.web.htmx import render, see_other

# The same words for a wrong password, an unknown address and a closed account.
WRONG_PASSWORD = N_("This address and this password do not belong together. Check both and try again.")
WRONG_CODE = N_("This code is not right, or it was used already. Wait for the next one and type that.")
WRONG_SENT = N_("This code is not right, or it is over. Look at the latest one we sent.")


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
    return challenges.begin(person, ("pwd",), asked_next())


@blueprint.get("/sign-in/code")
@public
def sign_in_code() -> Response:
    found = challenges.pending()
    return _code_page(found, ShownForm(), request.args.get("by")) if found else challenges.over()


@blueprint.post("/sign-in/code/sending")
@public
def send_code() -> Response:
    """Sends a code by the method `by` and shows where to type it."""
    found, by = challenges.pending(), request.form.get("by", "")
    if not found:
        return challenges.over()
    if by in {"sms", "email"} and by in challenges.methods(db.session(), found):
        limits.count(settings().codes_sent, "codes", found.account)
        limits.count(settings().codes_sent_per_address, "codes", limits.address())
        with transaction() as tx:
            challenges.send(tx, found, by)
    return _code_page(found, ShownForm(formdata=None), by)


@blueprint.post("/sign-in/code")
@public
def give_code() -> Response:
    found, form = challenges.pending(), ShownForm()
    if not found:
        return challenges.over()
    by = request.form.get("by") or next(iter(challenges.methods(db.session(), found)), "")
    if not form.validate():
        return _code_page(found, form, by, status=422)
    count_try(found)
    with transaction() as tx:
        right = by in challenges.methods(tx, found) and challenges.is_right(tx, found, by, form.text("code"))
        person = identity.find_person(tx, UUID(found.account)) if right else None
        if person is None or not person.is_active:
            refused = "sign_in.refused" if found.purpose is Purpose.SIGN_IN else "confirmation.refused"
            records.refused(tx, refused, "", UUID(found.account), factor=by)
    if person is None or not person.is_active:
        form.blame(Fact(WRONG_SENT if by in {"sms", "email"} else WRONG_CODE, field="code"))
        return _code_page(found, form, by, status=422)
    limits.forgive(settings().sign_in_tries, "code", found.account)
    return challenges.go_on(person, challenge.show(found, by), remember=bool(form.remember.data))


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    account_id, there = records.actor(), outside.way_out()
    if account_id:
        with transaction() as tx:
            records.done(tx, "sign_out", account_id)
    sessions.sign_out()
    response = arriving.going_on(there, None) if there else see_other(home_of())
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def count_try(found: Challenge) -> None:
    """One try of this account at something that can be guessed. Raises TooManyRequests, and ends the challenge."""
    try:
        limits.count(settings().sign_in_tries, "code", found.account)
    except TooManyRequests:
        session.pop("pending")  # back to the password: a guesser gets no second row of tries
        raise


def _whose(email: str, password: str) -> Person | None:
    """The person whom address and password belong to; tries are counted before, and forgiven if they were right."""
    rules, account = settings(), limits.name_of(email)
    limits.check(rules.sign_in_tries_per_address, "address", limits.address())
    limits.check(rules.sign_in_tries_per_pair, "pair", account, limits.address())
    limits.count(rules.sign_in_tries, "password", account)
    with transaction() as tx:
        found = identity.check_password(tx, email, password)
        person = identity.find_person(tx, found.id) if found else None
        if person is None:
            known = identity.find_by_email(tx, email)
            records.refused(tx, "sign_in.refused", email, known.id if known else None, factor="pwd")
    if person is None:
        limits.note(rules.sign_in_tries_per_address, "address", limits.address())
        limits.note(rules.sign_in_tries_per_pair, "pair", account, limits.address())
        return None
    limits.forgive(rules.sign_in_tries, "password", account)
    return person


def _page(form: SignInForm, *, status: int = 200, note: str = "") -> Response:
    return render("auth/sign_in.html", status=status, form=form, next=asked_next(), note=note)


def _code_page(found: Challenge, form: ShownForm, by: str | None, *, status: int = 200) -> Response:
    tx, account = db.session(), UUID(found.account)
    ways = challenges.methods(tx, found)
    shown = by if by in ways else next(iter(ways), "")
    number = identity.phone_of(tx, vault(), account) if "sms" in ways else None
    return render(
        "auth/sign_in_code.html",
        status=status,
        form=form,
        by=shown,
        ways=ways,
        sent=shown in {"sms", "email"} and codes.is_sent(tx, f"{found.id}:{shown}", now=clock.now()),
        hints={"sms": identity.hint_of(number) if number else ""},
        signing_in=found.purpose is Purpose.SIGN_IN,
        may_remember=found.purpose is Purpose.SIGN_IN and not identity.get_account(tx, account).is_staff,
        signed_in=current_user.is_authenticated,
    )
