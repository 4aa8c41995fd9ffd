"""An identity provider tells that somebody has signed out there: their sessions that began there end here, too."""

from typing import cast

from flask import Response, abort, current_app, request
from redis import RedisError

from portal.domains.identity import Sessions, federation
from portal.domains.identity.federation import Providers
from portal.kernel import clock, log
from portal.web.database import transaction
from portal.web.hooks.face import blueprint

MOST = 64 * 1024

logger = log.get("web.hooks")


@blueprint.post("/oidc/<name>/logout")
def signed_out(name: str) -> Response:
    """Back-Channel Logout 1.0: 200 when it is done, 400 when the token is not one, 503 when it is to be sent again."""
    provider = cast(Providers, current_app.extensions["outside"]).find_oidc(name)
    if provider is None:
        abort(404)
    if (request.content_length or 0) > MOST:
        abort(413)
    sessions = cast(Sessions, current_app.extensions["sessions"])
    try:
        claims = provider.read_logout_token(request.form.get("logout_token"))
        # One transaction: a token whose sessions could not be ended is not spent.
        with transaction() as tx:
            federation.spend(tx, claims, now=clock.now())
            ended = federation.end_sessions(tx, sessions, claims)
    except federation.Unbelievable as reason:
        logger.warning("logout token refused", provider=name, reason=str(reason))
        return Response(status=400, headers={"Cache-Control": "no-store"})
    except (federation.Away, RedisError) as reason:
        logger.warning("logout not carried out", provider=name, reason=type(reason).__name__)
        return Response(status=503, headers={"Cache-Control": "no-store", "Retry-After": "5"})
    logger.info("signed out by the provider", provider=name, sessions=ended)
    return Response(status=200, headers={"Cache-Control": "no-store"})
