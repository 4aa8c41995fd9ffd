"""The only place that knows Flask requests: what every page shares is installed here, then the faces."""

from flask import Flask

from portal.config import Settings
from portal.web import database, health


def install(app: Flask, settings: Settings) -> None:
    """Prepares the application for requests: database first, then what pages share, then the faces."""
    database.install(app, settings)
    app.register_blueprint(health.blueprint)
