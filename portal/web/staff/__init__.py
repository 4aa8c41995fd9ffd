"""The back office: a face of its own, closed to everybody who is not staff; each view names its permission."""

from flask import Flask

from portal.config import Settings
from portal.web.staff import access, catalog, differences, home, moves, orders, refunds, sagas, waiting, words
from portal.web.staff.face import blueprint

__all__ = [
    "access",
    "catalog",
    "differences",
    "home",
    "install",
    "moves",
    "orders",
    "refunds",
    "sagas",
    "waiting",
    "words",
]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face."""
    app.register_blueprint(blueprint)
