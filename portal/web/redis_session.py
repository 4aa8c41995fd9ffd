"""Flask's session kept in Redis: opened when something looks at it, written when something changed.

So static files and health checks never wait for Redis, and a visitor gets a cookie only once there is something to
remember.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import flask
from flask import Flask, Response, request
from flask.sessions import SessionInterface, SessionMixin
from redis import RedisError

from portal.config import Settings
from portal.domains.identity import Limits, Sessions, StoredSession
from portal.kernel import clock, log

logger = log.get("web.sessions")


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

    def move(self) -> bool:
        """The same session under a new id: it ends when it would have ended. False if it was revoked meanwhile."""
        before = self.stored
        if before is None:
            return False
        left = max(0.0, before.ends - clock.now().timestamp())
        return self.renew(
            Limits(timedelta(seconds=before.idle), timedelta(seconds=left)), account=before.account, only_if_alive=True
        )

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
        elif session.modified or self.store.is_due(stored):
            # The list of sessions tells the place of the last use, not of the first.
            stored.agent, stored.address = request.user_agent.string[:200], request.remote_addr or ""
            if not self.store.save(session.sid, stored):
                session.forget()


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
