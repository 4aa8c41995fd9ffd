"""The endpoints for clients: tokens, revocation, introspection. No cookie is read here, and no page shown."""

from flask import Response, jsonify, request
from werkzeug.exceptions import TooManyRequests

from portal.web import limits
from portal.web.database import transaction
from portal.web.oauth.face import endpoints, settings
from portal.web.oauth.server import fault, refused, server


@endpoints.before_request
def check() -> Response | None:
    """Counts the request, and turns away what no rule should have to think about. Without Redis nobody gets a token."""
    limits.count(settings().token_requests_per_address, "oauth", limits.address())
    if request.args:
        # An address is written into logs and histories; codes, tokens and secrets are not for those.
        return refused("Send the parameters in the body, not in the address.")
    if "Authorization" in request.headers and request.authorization is None:
        return refused("The Authorization header cannot be read.")
    why = fault(request.form)
    return refused(why) if why else None


@endpoints.after_request
def keep_private(response: Response) -> Response:
    response.headers["Cache-Control"], response.headers["Pragma"] = "no-store", "no-cache"
    return response


@endpoints.errorhandler(TooManyRequests)
def say_later(error: TooManyRequests) -> Response:
    """Clients read JSON, of slowness too."""
    response = jsonify(error="temporarily_unavailable", error_description="Too many requests; try again later.")
    response.status_code = 429
    response.headers["Retry-After"] = str(error.retry_after or 60)
    return response


# Each answers an error instead of raising it: what a code or token sent twice ended is committed with the refusal.


@endpoints.post("/token")
def token() -> Response:
    with transaction():
        return server().create_token_response()


@endpoints.post("/revoke")
def revoke() -> Response:
    with transaction():
        return server().create_endpoint_response("revocation")


@endpoints.post("/introspect")
def introspect() -> Response:
    with transaction():
        return server().create_endpoint_response("introspection")
