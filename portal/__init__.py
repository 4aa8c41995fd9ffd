"""Jari: the portal as an application; `create_app` puts its rooms together."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from portal.config import Settings

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The web application. Without settings it reads the environment; the saga engine is plugged in by `wsgi.py`."""
    # Imported here: workers open this package for its domains, and need neither Flask nor a single page.
    from flask import Flask

    from portal import cli, config, metrics, web
    from portal.kernel import log

    settings = settings or config.current()
    log.set_up(pretty=settings.env != "production")
    metrics.connect()
    app = Flask(__name__, root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.extensions["settings"] = settings
    web.install(app, settings)
    cli.install(app)
    return app
