"""The portal as an authorization server: other apps ask a person here, and get tokens for the API (docs/tokens.md)."""

from flask import Flask

from portal.config import Settings
from portal.web.oauth import apps, authorizing, machines, server, well_known
from portal.web.oauth.face import endpoints, pages

__all__ = ["apps", "authorizing", "install", "machines"]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face."""
    server.install(app)
    app.register_blueprint(pages)
    app.register_blueprint(endpoints)
    app.register_blueprint(well_known.blueprint)
