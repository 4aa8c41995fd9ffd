"""Where everybody looks: the public keys (RFC 7517), and what this authorization server can do (RFC 8414)."""

from flask import Blueprint, Response, jsonify

from portal.domains.identity import tokens
from portal.kernel import clock
from portal.web.database import db
from portal.web.guards import public
from portal.web.oauth.face import settings
from portal.web.oauth.metadata import metadata

blueprint = Blueprint("well_known", __name__, url_prefix="/.well-known")


@blueprint.get("/jwks.json")
@public
def jwks() -> Response:
    return _kept(jsonify(keys=tokens.published_keys(db.session(), now=clock.now())))


# The same document under both names: OpenID libraries look for the first, OAuth ones for the second. There are no ID
# tokens, so what OpenID would add is not in it.
@blueprint.get("/openid-configuration")
@blueprint.get("/oauth-authorization-server")
@public
def server() -> Response:
    return _kept(jsonify(metadata(settings().base_url)))


def _kept(response: Response) -> Response:
    response.cache_control.public = True
    response.cache_control.max_age = int(tokens.KNOWN_FOR)
    return response
