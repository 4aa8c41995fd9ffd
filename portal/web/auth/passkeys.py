"""Passkeys on the pages: signing in or confirming by one, making one, removing one.

The browser asks for a challenge, the device signs it, and the page's own form brings the answer. A challenge lies in
the session it was made for, and is used once on all servers together, whether the answer was right or not.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, flash, jsonify, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from portal.domains import identity
from portal.domains.identity import Purpose, challenge
from portal.domains.identity.passkeys import Site
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.web import account_letters as letters
from portal.web import limits, records, sessions
from portal.web.auth import challenges
from portal.web.auth.face import asked_next, blueprint, settings
from portal.web.database import db, transaction
from portal.web.errors import faults_of
from portal.web.guards import customer, fresh, public
from portal.web.htmx import see_other

GOOD_FOR = 300.0
"""Seconds a device may take to sign."""
LOOPBACK = {"127.0.0.1", "::1"}


@blueprint.post("/passkeys/challenge")
@public
def passkey_challenge() -> Response:
    """What a device needs to sign; `anew=1`: for signing in, whatever this session was in the middle of."""
    found = None if request.args.get("anew") else challenges.pending()
    options, asked = identity.passkeys.to_show(db.session(), UUID(found.account) if found else None, site())
    return _asked(options, asked)


@blueprint.post("/sign-in/passkey")
@public
def show_passkey() -> Response:
    """The device's answer: it signs in, or goes on with the challenge this session is in."""
    found = None if request.form.get("anew") else challenges.pending()
    limits.check(settings().sign_in_tries_per_address, "address", limits.address())
    asked = _used_up()
    with transaction() as tx:
        answer = request.form.get("credential", "")
        whose = identity.passkeys.who_signed(tx, answer, asked, site(), now=clock.now()) if asked else None
        person = identity.find_person(tx, whose) if whose else None
        if person is None or not person.is_active or (found and str(whose) != found.account):
            person = None
            confirming = found is not None and found.purpose is not Purpose.SIGN_IN
            refused = "confirmation.refused" if confirming else "sign_in.refused"
            records.refused(tx, refused, "", UUID(found.account) if found else whose, factor="passkey")
    if person is None:
        limits.note(settings().sign_in_tries_per_address, "address", limits.address())
        flash(_("That passkey did not open the account. Try again, or take another way."), "error")
        return see_other(url_for("auth.sign_in_code" if found else "auth.sign_in"))
    if found:
        return challenges.go_on(person, challenge.show(found, "passkey"))
    return challenges.begin(person, ("passkey",), asked_next())


@blueprint.post("/account/security/passkeys/challenge")
@fresh(Purpose.ACCOUNT)
@customer
def new_passkey_challenge() -> Response:
    options, asked = identity.passkeys.to_make(db.session(), current_user.id, site())
    return _asked(options, asked)


@blueprint.post("/account/security/passkeys")
@fresh(Purpose.ACCOUNT)
@customer
def add_passkey() -> Response:
    asked, name = _used_up(), request.form.get("name", "") or records.device(request.user_agent.string)
    try:
        if not asked:
            raise Invalid({"name": _("That took too long. Try again.")})
        with transaction() as tx:
            answer = request.form.get("credential", "")
            identity.passkeys.add(tx, current_user.id, answer, asked, site(), name=name, now=clock.now())
            person = identity.find_person(tx, current_user.id)
            records.done(tx, "factor.added", current_user.id, factor="passkey")
            letters.tell_change(tx, current_user, "passkey", now=clock.now())
    except Invalid as fact:
        flash(" ".join(faults_of(fact).values()), "error")
        return see_other(url_for("auth.security", need=request.args.get("need")))
    if person is None or not sessions.prove(person):
        return see_other(url_for("auth.sign_in"))
    flash(_("Your passkey is ready. From now on you sign in with it, without a password."), "success")
    return see_other(url_for("auth.security"))


@blueprint.post("/account/security/passkeys/<uuid:passkey_id>/removal")
@fresh(Purpose.ACCOUNT)
@customer
def remove_passkey(passkey_id: UUID) -> Response:
    with transaction() as tx:
        identity.remove_factor(tx, current_user.id, "passkey", passkey_id)
        records.done(tx, "factor.removed", current_user.id, factor="passkey")
        letters.tell_change(tx, current_user, "passkey.removed", now=clock.now())
    flash(_("It is removed. Delete it on your device, too."), "success")
    return see_other(url_for("auth.security" if sessions.renew() else "auth.sign_in"))


def site() -> Site:
    """Where keys belong to. Browsers make none for a bare loopback address, so there it is `localhost`."""
    home = urlsplit(settings().base_url)
    host, port = home.hostname or "localhost", f":{home.port}" if home.port else ""
    if host in LOOPBACK:
        host = "localhost"
    return Site(host, (f"{home.scheme}://{host}{port}",))


def home() -> str:
    """The address at which passkeys work, if the visitor is at another one; else empty."""
    return "" if urlsplit(request.host_url).hostname == site().rp_id else site().origins[0]


def _asked(options: dict[str, Any], asked: bytes) -> Response:
    session["passkey"] = {"challenge": bytes_to_base64url(asked), "at": clock.now().timestamp()}
    return jsonify(options)


def _used_up() -> bytes | None:
    """The challenge of this session, for the first who asks and in time; then there is none any more."""
    asked = session.pop("passkey", None)
    if not asked or clock.now().timestamp() - asked["at"] > GOOD_FOR:
        return None
    first = sessions.store().use_once(asked["challenge"], GOOD_FOR)
    return base64url_to_bytes(asked["challenge"]) if first else None
