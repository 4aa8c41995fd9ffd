"""Toss's webhook, which nobody signs: it only wakes the payment of an order of ours, and the answer is asked for."""

from flask import Response

from portal.web.hooks.face import blueprint
from portal.web.hooks.taking import take_in


@blueprint.post("/toss")
def toss() -> Response:
    return take_in("toss")
