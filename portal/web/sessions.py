"""Flask's session kept in Redis, and signing in and out of it.

The session is opened when something looks at it, so static files and health checks never wait for Redis. A visitor gets
a cookie only once there is something to remember. Keys here: `_user_id` (flask-login's), `proven` (a second factor was
shown), `as_staff` (it lives by the staff's limits), and what views put in it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import flask
from flask import Flask, Response, current_app, g, has_request_context, request
from flask.sessions import SessionInterface, SessionMixin
from flask_login import login_user, logout_user
from redis import RedisError

from portal.config import Settings
from portal.domains.identity import Limits, Person, Sessions, StoredSession
from portal.kernel import log
from portal.kernel.redis import client
from portal.web.people import Visitor

logger = log.get("web.sessions")

FORGOTTEN_AT_SIGN_IN = ("csrf_token", "pending", "proven", "as_staff", "_user_id", "_fresh", "_id")


class SessionsAway(Exception):
    """Redis does not answer, and this request cannot do without a session."""


class RedisSession(SessionMixin):
    """A mapping that asks Redis on first use. `lost`: there may be a session, but Redis did not answer."""

    def __init__(self, store: Sessions, sid: str) -> None:
        self.store = store
        self.sid = sid
        self.modified = False
        self.opened = False
        self.lost = False
        self.renewed = False
        self._stored: StoredSession | None = None
        self._data: dict[str, Any] = {}

    @property
    def stored(self) -> StoredSession | None:
        """What Redis has of it; None for a session that is not written yet."""
        if not self.opened:
            self.opened = True
            try:
                self._stored = self.store.load(self.sid) if self.sid else None
            except RedisError as error:
                self.lost = True
                logger.warning("session not read", error=type(error).__name__)
            self._data = self._stored.data if self._stored else {}
        return self._stored

    @property
    def data(self) -> dict[str, Any]:
        _ = self.stored
        return self._data

    def renew(self, limits: Limits, *, account: str = "", only_if_alive: bool = False) -> bool:
        """Moves the content to a new id and ends the old one, now. False if the old one was revoked meanwhile."""
        before = self.stored
        try:
            begun = self.store.begin(
                self.data,
                limits,
                account=account,
                agent=request.user_agent.string,
                address=request.remote_addr or "",
                instead_of=self.sid if before else "",
                previous_account=before.account if before else "",
                only_if_alive=only_if_alive,
            )
        except RedisError as error:
            raise SessionsAway from error
        if begun is None:
            self.forget()
            return False
        self.sid, self._stored = begun
        self._data = self._stored.data
        self.modified, self.renewed = False, True
        return True

    def forget(self) -> None:
        """Empties it in this request; what Redis had is ended by whoever calls."""
        self.opened, self._stored, self._data, self.modified = True, None, {}, False

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.data[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        del self.data[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


class RedisSessionInterface(SessionInterface):
    """Opens sessions by their cookie and writes what changed. An id that Redis does not know is never adopted."""

    def __init__(self, store: Sessions, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.cookie = cookie_name("sid", settings)

    def open_session(self, app: Flask, request: flask.Request) -> RedisSession:
        return RedisSession(self.store, request.cookies.get(self.cookie, ""))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        session = cast(RedisSession, session)
        if not session.opened:
            return
        response.vary.add("Cookie")
        try:
            self._write(session)
        except (RedisError, SessionsAway) as error:
            # The page is right without it, and what mattered (signing in, a new second factor) was written before.
            logger.warning("session not written", error=type(error).__name__)
            return
        if session.renewed:
            response.set_cookie(self.cookie, session.sid, **cookie_flags(self.settings))
        elif request.cookies.get(self.cookie) and session.stored is None and not session.lost:
            response.delete_cookie(self.cookie, **cookie_flags(self.settings))

    def _write(self, session: RedisSession) -> None:
        stored = session.stored
        if stored is None:
            if session.data and not session.lost:
                session.renew(limits(self.settings))
        elif not session.data:
            self.store.end(session.sid, stored.account)
            session.forget()
        elif (session.modified or self.store.is_due(stored)) and not self.store.save(session.sid, stored):
            session.forget()


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


def sign_in(person: Person, *, proven: bool) -> bool:
    """This browser is this person's from now on, under a new id. `proven`: a second factor was shown as well.

    False if the session in which the password was given has ended meanwhile.
    """
    session = _fresh_start()
    session["proven"], session["as_staff"] = proven, person.is_staff
    login_user(Visitor.of(person, session))
    limit = limits(_settings(), staff=person.is_staff)
    return session.renew(limit, account=str(person.id), only_if_alive=proven)


def prove(person: Person) -> bool:
    """The person signed in here has shown a second factor: a new id, by the limits of their role as it is now.

    False if the session was revoked meanwhile; then nobody is signed in any more.
    """
    session = current()
    session["proven"], session["as_staff"] = True, person.is_staff
    limit = limits(_settings(), staff=person.is_staff)
    return session.renew(limit, account=str(person.id), only_if_alive=True)


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


def limits(settings: Settings, *, staff: bool = False) -> Limits:
    """How long a session lives: shorter for staff."""
    if staff:
        return Limits(timedelta(minutes=settings.staff_idle_minutes), timedelta(hours=settings.staff_absolute_hours))
    return Limits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_absolute_hours))


def cookie_name(name: str, settings: Settings) -> str:
    """`__Host-` on https; plain on http, where many clients drop Secure cookies even on localhost."""
    return f"__Host-{name}" if settings.secure_cookies else name


def cookie_flags(settings: Settings) -> dict[str, Any]:
    """The attributes of every cookie of ours, deletions included: without Secure a `__Host-` cookie is not deleted."""
    return {"path": "/", "secure": settings.secure_cookies, "httponly": True, "samesite": "Lax"}


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
