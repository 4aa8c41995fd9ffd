"""The way in: signing up, signing in with a second factor, signing out, and the page where one looks after all this."""

from flask import Flask

from portal.config import Settings
from portal.domains.identity import federation
from portal.web.auth import (
    adding,
    confirming,
    linking,
    outside,
    passkeys,
    password,
    recovering,
    resetting,
    security,
    signed_in,
    signing_in,
    signing_up,
)
from portal.web.auth.face import blueprint

__all__ = [
    "adding",
    "confirming",
    "install",
    "linking",
    "outside",
    "passkeys",
    "password",
    "recovering",
    "resetting",
    "security",
    "signed_in",
    "signing_in",
    "signing_up",
]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face, and the outside providers that its pages offer."""
    providers = federation.Providers(settings.outside, anywhere=settings.env != "production")
    app.extensions["outside"] = app.jinja_env.globals["outside"] = providers
    app.register_blueprint(blueprint)
