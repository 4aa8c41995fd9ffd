"""Stripe's webhook, read by its signature."""

from flask import Response

from portal.web.hooks.face import blueprint
from portal.web.hooks.taking import take_in


@blueprint.post("/stripe")
def stripe() -> Response:
    return take_in("stripe")
