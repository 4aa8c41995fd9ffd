"""Forged requests: every unsafe method needs our token and, where the browser says so, must come from our own pages."""

from urllib.parse import urlsplit

from flask import Flask, abort, request
from flask_wtf import CSRFProtect

from portal.config import Settings
from portal.web import redis_session, sessions
from portal.web.guards import GUARDED_BY_THEMSELVES

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def install_origin_check(app: Flask, settings: Settings) -> None:
    """Turns away what a browser says was sent by another site."""
    own = _origin(settings.base_url)

    def check_origin() -> None:
        if request.method not in UNSAFE or request.blueprint in GUARDED_BY_THEMSELVES:
            return
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            abort(403)
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {own, _origin(request.host_url)}:
            abort(403)
        if request.endpoint and sessions.current().stored is None and sessions.current().lost:
            raise redis_session.SessionsAway

    app.before_request(check_origin)


def install_token_check(app: Flask) -> None:
    """Asks for the token, in the field `csrf_token` or the header X-CSRFToken.

    Call it after the faces are registered: the API and the provider's hooks carry no cookies and are left out by name.
    """
    # The token lives as long as its session; the origin check does what the Referer check would do.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = False
    protect = CSRFProtect(app)
    for name in GUARDED_BY_THEMSELVES & app.blueprints.keys():
        protect.exempt(app.blueprints[name])


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
