"""What payment providers tell by themselves: checked by signature if signed, taken in once, believed only as a hint."""

from flask import Flask

from portal.config import Settings
from portal.web.hooks import stripe, toss
from portal.web.hooks.face import blueprint

__all__ = ["install", "stripe", "toss"]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face."""
    app.register_blueprint(blueprint)
