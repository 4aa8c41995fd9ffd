"""The only place that knows Flask requests: what every page shares is installed here, then the faces."""

from importlib import import_module

from flask import Flask

from portal.config import Settings
from portal.domains.identity import Vault
from portal.web import (
    csrf,
    database,
    errors,
    filters,
    guards,
    headers,
    health,
    htmx,
    i18n,
    limits,
    metrics,
    queueing,
    requests,
    sessions,
    static,
    uploads,
)

FACES = ("auth", "customer", "staff", "api", "oauth", "hooks", "dev")
"""Packages of portal.web with an `install(app, settings)`. None knows another."""


def install(app: Flask, settings: Settings) -> None:
    """Prepares the application for requests: what pages share, in the order a request meets it, then the faces."""
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = 8 * 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 1024 * 1024
    app.extensions["vault"] = Vault(settings.secret_key)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    htmx.install(app)
    database.install(app, settings)
    sessions.install(app, settings)
    limits.install(app, settings)
    uploads.install(app)
    requests.install(app, settings)
    headers.install(app, settings)
    i18n.install(app, settings)
    filters.install(app, settings)
    static.install(app)
    errors.install(app)
    health.install(app, settings)
    metrics.install(app)
    queueing.install(app, settings)
    for face in FACES:
        import_module(f"portal.web.{face}").install(app, settings)
    csrf.install_origin_check(app, settings)
    guards.install(app)  # before the token: whose session has ended is sent to sign in, not told of a token
    uploads.install_refusal(app)  # after the guards, before anything reads the form
    csrf.install_token_check(app)
