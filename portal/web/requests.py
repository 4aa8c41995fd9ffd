"""One request: its id in logs and answers, and input no page could use turned away at the door."""

import re
import secrets

from flask import Flask, Response, abort, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.config import Settings
from portal.kernel import log
from portal.web import uploads

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def install(app: Flask, settings: Settings) -> None:
    """Names each request; believes as many proxies as the settings say, and none by default."""
    if hops := settings.proxy_hops:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    app.before_request(_bind)
    app.before_request(_turn_away)
    app.after_request(_say)


def request_id() -> str:
    """The id of this request: the caller's, if it is a sane one, else ours."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if SANE.fullmatch(given) else secrets.token_hex(8)
    return str(g.request_id)


def _bind() -> None:
    log.begin(request_id=request_id())


def _turn_away() -> None:
    # PostgreSQL's text has no NUL; a form that carries one would fail deep inside, as our fault.
    typed = () if uploads.is_too_large() else request.form.listvalues()
    sent = [request.path, *request.args.values(), *(value for values in typed for value in values)]
    if any("\x00" in value for value in sent):
        abort(400)


def _say(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    return response
