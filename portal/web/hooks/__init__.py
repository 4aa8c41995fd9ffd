"""What payment providers tell by themselves: read by signature, taken in once, believed only as a hint to ask."""

from flask import Flask

from portal.config import Settings
from portal.web.hooks import stripe
from portal.web.hooks.face import blueprint

__all__ = ["install", "stripe"]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face."""
    app.register_blueprint(blueprint)
