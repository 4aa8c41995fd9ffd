"""The customers' face: browse, hold, pay, follow, give back. Plain pages first, then htmx."""

from flask import Flask

from portal.config import Settings
from portal.web.customer import (
    bookings,
    calendar,
    catalog,
    checkout,
    holds,
    month,
    move_agreed,
    moving,
    orders,
    pictures,
    points,
    product,
    queue,
    refunds,
    waiting,
)
from portal.web.customer.face import blueprint

__all__ = [
    "bookings",
    "calendar",
    "catalog",
    "checkout",
    "holds",
    "month",
    "install",
    "move_agreed",
    "moving",
    "orders",
    "pictures",
    "points",
    "product",
    "queue",
    "refunds",
    "waiting",
]


def install(app: Flask, settings: Settings) -> None:
    """Registers the face."""
    app.register_blueprint(blueprint)
