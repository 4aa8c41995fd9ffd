"""The JSON API for other channels: thin over the same domain functions as the pages, guarded by access tokens.

Which calls there are: one module a subject, or /api/v1/docs.
"""

from flask import Flask

from portal.config import Settings
from portal.web.api import callers, docs, holds, moves, orders, points, products, refunds, slots, waiting
from portal.web.api.face import blueprint

__all__ = ["docs", "holds", "install", "moves", "orders", "points", "products", "refunds", "slots", "waiting"]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face."""
    callers.install(app, settings)
    app.register_blueprint(blueprint)
