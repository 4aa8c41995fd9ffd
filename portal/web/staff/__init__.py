"""The back office: a face of its own, closed to everybody who is not staff; each view names its permission."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from portal.config import Settings
from portal.web.staff import home, orders, refunds, sagas, words
from portal.web.staff.face import blueprint

__all__ = ["home", "install", "orders", "refunds", "sagas", "words"]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face."""
    if find_spec("portal.web.staff.catalog"):
        import_module("portal.web.staff.catalog")
    app.register_blueprint(blueprint)
