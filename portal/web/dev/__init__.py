"""Pages for those who build Jari: every component in every state. Not there unless PORTAL_DEBUG is set."""

from flask import Flask

from portal.config import Settings
from portal.web.dev.components import blueprint

__all__ = ["install"]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face in debug mode only."""
    if settings.debug:
        app.register_blueprint(blueprint)
