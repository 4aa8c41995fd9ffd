"""The way in: signing up, signing in with a second factor, signing out, and the page where one looks after all this."""

from flask import Flask

from portal.config import Settings
from portal.web.auth import (
    adding,
    confirming,
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
    """Registers the face."""
    app.register_blueprint(blueprint)
