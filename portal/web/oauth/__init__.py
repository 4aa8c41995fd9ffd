"""The portal as an authorization server: other apps ask a person here, and get tokens for the API."""

from flask import Flask

from portal.config import Settings
from portal.web.oauth import well_known

__all__ = ["install"]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face."""
    app.register_blueprint(well_known.blueprint)
