"""Signing in and out of the session of this request (redis_session.py keeps it).

Keys here: `_user_id` (flask-login's), `proven` (a second factor was shown), `as_staff` (it lives by the staff's
limits), `shown` (how one signed in), `shown_for` (the page one last did so for), `fresh` (when one last showed who one
is, by purpose), and what views put in it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import flask
from flask import Flask, current_app, g, has_request_context
from flask_login import login_user, logout_user
from redis import RedisError

from portal.config import Settings
from portal.domains.identity import Person, Purpose, Sessions
from portal.kernel import clock
from portal.kernel.redis import client
from portal.web.people import Visitor
from portal.web.redis_session import RedisSession, RedisSessionInterface, SessionsAway, limits

OF_A_STEP = ("csrf_token", "pending", "reset", "adding")
OF_A_PERSON = ("shown", "shown_for", "fresh", "proven", "as_staff", "_user_id", "_fresh", "_id")
FORGOTTEN_AT_SIGN_IN = (*OF_A_STEP, *OF_A_PERSON)


def install(app: Flask, settings: Settings) -> None:
    """Keeps sessions in the Redis of the settings."""
    store = Sessions(client(settings.redis_url))
    app.extensions["sessions"] = store
    app.session_interface = RedisSessionInterface(store, settings)


def current() -> RedisSession:
    """This request's session."""
    return cast(RedisSession, flask.session._get_current_object())  # type: ignore[attr-defined]  # it is a proxy


def store() -> Sessions:
    """The sessions of all servers, to list and to revoke."""
    return cast(Sessions, current_app.extensions["sessions"])


def require() -> None:
    """For pages that make no sense without a session: raises SessionsAway at once when Redis does not answer."""
    session = current()
    if session.stored is None and not session.lost:
        try:
            store().load("is anybody there")
        except RedisError as error:
            raise SessionsAway from error
    if session.lost:
        raise SessionsAway


def was_used() -> bool:
    """Whether this request's answer depends on a session that exists."""
    if not has_request_context():
        return False
    session = current()
    return session.opened and bool(session.data)


def sign_in(
    person: Person, *, proven: bool, shown: Iterable[str] = ("pwd",), fresh: bool = True, went_on: bool = False
) -> bool:
    """This browser is this person's from now on, under a new id. `proven`: a second factor was shown as well.

    `fresh`: nothing has to be confirmed for a while. False if `went_on` from a session that has ended meanwhile.
    """
    session = _fresh_start()
    session["proven"], session["as_staff"], session["shown"] = proven, person.is_staff, list(shown)
    if fresh:
        session["fresh"] = {Purpose.ACCOUNT.value: clock.now().timestamp()}
    login_user(Visitor.of(person, session))
    limit = limits(_settings(), staff=person.is_staff)
    return session.renew(limit, account=str(person.id), only_if_alive=went_on)


def confirm(purpose: Purpose, shown: Iterable[str], *, proven: bool) -> bool:
    """Whoever is signed in here has shown it again: a new id, and nothing more to show for this purpose for a while.

    False if the session was revoked meanwhile.
    """
    session = current()
    session["fresh"] = {**session.get("fresh", {}), purpose.value: clock.now().timestamp()}
    session["shown"] = sorted({*session.get("shown", ()), *shown})
    session["proven"] = proven or bool(session.get("proven"))
    return session.move()


def is_fresh(purpose: Purpose, within: float | None = None) -> bool:
    """Whether one has shown who one is lately, and enough for this purpose: for the account is for an act as well.

    `within`: seconds, where somebody asks for less than the setting FRESH_SECONDS.
    """
    most = _settings().fresh_seconds
    age = clock.now().timestamp() - shown_at(purpose).timestamp()
    return 0 <= age <= (most if within is None else min(within, most))


def shown_at(purpose: Purpose) -> datetime:
    """When one last showed who one is, and enough for this purpose; 1970 if that was never asked."""
    moments = current().get("fresh", {})
    last = max(moments.get(name, 0.0) for name in (purpose.value, Purpose.ACCOUNT.value))
    return datetime.fromtimestamp(last, tz=UTC)


def prove(person: Person) -> bool:
    """The person signed in here has shown a second factor: a new id, by the limits of their role as it is now.

    False if the session was revoked meanwhile; then nobody is signed in any more.
    """
    session = current()
    session["proven"], session["as_staff"] = True, person.is_staff
    limit = limits(_settings(), staff=person.is_staff)
    return session.renew(limit, account=str(person.id), only_if_alive=True)


def renew() -> bool:
    """The same person goes on under a new id, after something that protects the account was changed.

    False if the session was revoked meanwhile.
    """
    return current().move()


def put_by(**what: Any) -> None:
    """Remembers something between two steps of a sign-in, under a new id."""
    session = _fresh_start()
    session.update(what)
    session.renew(limits(_settings()))


def sign_out() -> None:
    """Ends this session, here and in Redis. Raises SessionsAway when Redis does not answer: it might live on."""
    session = current()
    stored = session.stored
    logout_user()
    if session.lost:
        raise SessionsAway
    if stored is not None:
        try:
            store().end(session.sid, stored.account)
        except RedisError as error:
            raise SessionsAway from error
    session.forget()
    g.pop("csrf_token", None)


def account_id() -> UUID | None:
    """Whose session this is; None for a visitor's."""
    given = current().get("_user_id")
    try:
        return UUID(given) if given else None
    except ValueError:
        return None


def _fresh_start() -> RedisSession:
    """The session without what gave somebody rights in it; without anything, if somebody was signed in."""
    session = current()
    if session.stored is not None and session.stored.account:
        session.clear()
    for key in FORGOTTEN_AT_SIGN_IN:
        session.pop(key, None)
    g.pop("csrf_token", None)
    return session


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
