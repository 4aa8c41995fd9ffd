"""What others need to check our tokens by themselves: the public keys (RFC 7517)."""

from flask import Blueprint, Response, jsonify

from portal.domains.identity import tokens
from portal.kernel import clock
from portal.web.database import db
from portal.web.guards import public

blueprint = Blueprint("well_known", __name__, url_prefix="/.well-known")


@blueprint.get("/jwks.json")
@public
def jwks() -> Response:
    response = jsonify(keys=tokens.published_keys(db.session(), now=clock.now()))
    response.cache_control.public = True
    response.cache_control.max_age = int(tokens.KNOWN_FOR)
    return response
