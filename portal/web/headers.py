"""What every answer tells the browser about what it may run, show and keep."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from portal.config import Settings
from portal.web import sessions


def install(app: Flask, settings: Settings) -> None:
    """Adds the headers, and `csp_nonce()` for the scripts a template names."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.config["FORMS_LEAD_TO"] = _forms_lead_to(settings)
    app.after_request(_secure)
    if settings.secure_cookies:
        app.after_request(_only_https)


def csp_nonce() -> str:
    """The word that this answer's own scripts carry; another one for every answer."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def let_forms_lead_to(url: str) -> None:
    """A form on this page may be answered with a redirect to that site or app, as well."""
    parts = urlsplit(url)
    # An app's own scheme has no host; an IPv6 address cannot be said in a policy, only its scheme can.
    by_host = parts.netloc and not parts.netloc.startswith("[")
    g.forms_lead_to = [f"{parts.scheme}://{parts.netloc}" if by_host else f"{parts.scheme}:"]


def _forms_lead_to(settings: Settings) -> str:
    """Browsers hold a redirect after a form to this list: paying with Toss leads on to its window."""
    if settings.payment_provider != "toss":
        return "'self'"
    window = urlsplit(settings.toss_window_url)
    return f"'self' {window.scheme}://{window.netloc}"


def _secure(response: Response) -> Response:
    leads_to = " ".join([current_app.config["FORMS_LEAD_TO"], *g.get("forms_lead_to", ())])
    # No strict-dynamic: with it, a script that htmx inserts would run (seen in htmx 2 and 4).
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'nonce-{csp_nonce()}'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self'; form-action {leads_to}; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    # The origin check of csrf.py needs an Origin; «no-referrer» would make browsers send «null».
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    if request.endpoint != "static" and sessions.was_used():
        response.headers["Cache-Control"] = "no-store"
    return response


def _only_https(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response
