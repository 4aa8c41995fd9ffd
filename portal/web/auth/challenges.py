"""The challenge of this session: what is still to be shown, checking what is shown, and where that leads.

Every way of signing in and of confirming goes through `go_on`; another way in (a provider's) calls `begin`.
"""

from collections.abc import Iterable
from uuid import UUID

from flask import Response, after_this_request, flash, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import identity
from portal.domains.identity import Challenge, Holds, Person, Purpose, challenge, codes, devices, federation
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.web import account_letters as letters
from portal.web import i18n, records, redis_session, sessions
from portal.web.auth.face import home_of, settings, vault
from portal.web.database import transaction
from portal.web.guards import safe_next
from portal.web.htmx import see_other

ORDER = ("totp", "passkey", "sms", "email", "recovery")
"""Which method a page begins with."""


def begin(person: Person, shown: Iterable[str], wanted: str) -> Response:
    """Somebody has shown the first thing of a sign-in (`shown`: words of challenge.METHODS): on to what is missing."""
    now = clock.now()
    shown = tuple(shown)
    with transaction() as tx:
        has = identity.holds(tx, person.id)
        if not has.staff and identity.is_remembered(tx, person.id, request.cookies.get(_cookie(), ""), now=now):
            shown = (*shown, "device")
    begun = challenge.begin(str(person.id), Purpose.SIGN_IN, now=now.timestamp(), shown=shown, wanted=wanted)
    if challenge.missing(begun, has):
        sessions.put_by(pending=begun.kept())
        return see_other(url_for("auth.sign_in_code"))
    return _signed_in(person, begun, has, went_on=False)


def pending() -> Challenge | None:
    """The challenge this session is in, if it is not over; a confirmation only for whoever is signed in here."""
    found = challenge.read(session.get("pending"), clock.now().timestamp())
    if found and found.purpose is not Purpose.SIGN_IN and found.account != str(current_user.id):
        return None
    return found


def keep(found: Challenge) -> None:
    session["pending"] = found.kept()


def methods(tx: Tx, found: Challenge) -> list[str]:
    """What may be shown next, the usual first."""
    allowed = challenge.missing(found, identity.holds(tx, UUID(found.account)))
    return [name for name in ORDER if name in allowed and (name != "sms" or settings().sms_url)]


def send(tx: Tx, found: Challenge, by: str) -> None:
    """Sends a code for this challenge and no other, by text message or mail."""
    account, now = UUID(found.account), clock.now()
    code = codes.issue(tx, f"{found.id}:{by}", account, now=now)
    number = identity.phone_of(tx, vault(), account) or "" if by == "sms" else ""
    letters.send_code(tx, account, code, now=now, number=number)
    records.done(tx, "code.sent", account, factor=by)


def is_right(tx: Tx, found: Challenge, by: str, typed: str) -> bool:
    """Whether what was typed is what the method asks for; used up if so."""
    account, now = UUID(found.account), clock.now()
    if by == "totp":
        return identity.verify_totp(tx, vault(), account, typed, now=now)
    if by in {"sms", "email"}:
        return codes.redeem(tx, f"{found.id}:{by}", account, typed, now=now)
    return by == "recovery" and identity.use_code(tx, account, typed, now=now)


def go_on(person: Person, found: Challenge, *, remember: bool = False) -> Response:
    """Something was shown rightly: on to the next thing, or to the end."""
    with transaction() as tx:
        has = identity.holds(tx, person.id)
    if missing := challenge.missing(found, has):
        keep(found)
        first = "auth.confirm" if missing & challenge.FIRST - {"passkey"} else "auth.sign_in_code"
        return see_other(url_for(first, purpose=found.purpose if first == "auth.confirm" else None))
    if found.purpose is Purpose.SIGN_IN:
        return _signed_in(person, found, has, went_on=True, remember=remember and not has.staff)
    return _confirmed(person, found, has)


def over() -> Response:
    """There is no challenge, or it took too long: from the beginning."""
    if session.pop("pending", None):
        flash(_("That took more than ten minutes. Please sign in again."), "warning")
    return see_other(url_for("auth.sign_in"))


def _signed_in(person: Person, found: Challenge, has: Holds, *, went_on: bool, remember: bool = False) -> Response:
    proven, fresh = challenge.is_proven(found.shown, has), challenge.vouches_for(found.shown, has)
    by_provider = session.get(federation.KEY)
    if not sessions.sign_in(person, proven=proven, shown=found.shown, fresh=fresh, went_on=went_on):
        return over()
    if by_provider and "fed" in found.shown and by_provider.get("account") == str(person.id):
        session[federation.KEY] = by_provider  # so that whoever signs out there is signed out here
    session["shown_for"] = found.wanted
    with transaction() as tx:
        records.done(tx, "sign_in.done", person.id, shown=list(found.shown))
        if "recovery" in found.shown:
            letters.tell_change(tx, person, "recovery.used", now=clock.now())
        if remember:
            _remember(identity.remember(tx, person.id, request.user_agent.string, now=clock.now()))
    if not i18n.has_chosen():
        i18n.choose(person.locale)
    if person.is_staff and not person.has_strong_factor:
        return see_other(url_for("auth.security", need="staff"))
    return see_other(safe_next(found.wanted, "") or home_of(person))


def _confirmed(person: Person, found: Challenge, has: Holds) -> Response:
    session.pop("pending", None)
    if not sessions.confirm(found.purpose, found.shown, proven=challenge.is_proven(found.shown, has)):
        return over()
    session["shown_for"] = found.wanted
    with transaction() as tx:
        records.done(tx, "confirmation.done", person.id, shown=list(found.shown), purpose=found.purpose.value)
        if "recovery" in found.shown:
            letters.tell_change(tx, person, "recovery.used", now=clock.now())
    if not found.wanted.startswith(url_for("oauth.authorize")):  # there nobody has pressed one yet
        flash(_("Thank you. Now press the button once more."), "success")
    return see_other(safe_next(found.wanted, "") or url_for("auth.security"))


def _remember(secret: str) -> None:
    flags = redis_session.cookie_flags(settings())
    name, age = _cookie(), int(devices.GOOD_FOR.total_seconds())

    @after_this_request
    def give(response: Response) -> Response:
        response.set_cookie(name, secret, max_age=age, **flags)
        return response


def _cookie() -> str:
    return redis_session.cookie_name("device", settings())
