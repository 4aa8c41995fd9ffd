"""The consent page: an app asks, a person who is signed in allows or declines, and goes back to the app."""

from typing import Any, cast

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError
from flask import Response, redirect, request, url_for
from flask_login import current_user

from portal.domains.identity import Purpose, tokens
from portal.kernel import clock
from portal.kernel.errors import N_
from portal.web import headers, sessions
from portal.web.database import transaction
from portal.web.errors import answer, say
from portal.web.guards import customer, safe_next
from portal.web.htmx import render, see_other
from portal.web.oauth import lately
from portal.web.oauth.face import pages, settings
from portal.web.oauth.grants import CodeGrant, granted
from portal.web.oauth.server import fault, server

BROKEN = N_("The app sent you here with a request that we cannot answer, so nobody got anything. Tell its makers.")
UNPROVEN = N_("This app asks for rights of staff. Sign in with your second factor first; nothing was allowed.")


@pages.get("/oauth/authorize")
@customer
def authorize() -> Response:
    """Shows what the app wants. Errors go back to the app, unless its address is not its own: then they stay here."""
    asked = _asked()
    if isinstance(asked, Response):
        return asked
    if not lately.is_lately():
        return _to_confirm()
    headers.let_forms_lead_to(asked.redirect_uri)
    return render(
        "oauth/consent.html",
        app=asked.client.row,
        place=_place(asked.redirect_uri),
        wishes=[say(tokens.SCOPES[name].says) for name in asked.request.scope.split()],
        days=settings().refresh_days,
        query=request.query_string.decode(errors="replace"),
    )


@pages.post("/oauth/authorize")
@customer
def decide() -> Response:
    """Takes the answer (field `answer`: allow or decline). The request is read again from the address, and checked
    again: nothing the form says is believed but the answer."""
    asked = _asked()
    if isinstance(asked, Response):
        return asked
    if request.form.get("answer") != "allow":
        return _back(asked.redirect_uri, AccessDeniedError().get_body())
    if not lately.is_lately():
        return _to_confirm()
    with transaction() as tx:
        code = tokens.give_code(
            tx,
            client_id=asked.client.client_id,
            account_id=current_user.id,
            scope=asked.request.scope,
            redirect_uri=asked.redirect_uri,
            code_challenge=request.args["code_challenge"],
            auth_time=sessions.shown_at(Purpose.ACT),
            shown=sessions.current().get("shown", ()),
            now=clock.now(),
        )
    lately.used_up()
    return _back(asked.redirect_uri, [("code", code)])


def _asked() -> CodeGrant | Response:
    """The request, checked; or where the error goes."""
    if fault(request.args):
        return _broken()
    try:
        grant: CodeGrant = server().get_consent_grant(end_user=current_user)
    except OAuth2Error as error:
        # Authlib names an address to go back to only once it has found that it is the client's own.
        return _back(error.redirect_uri, error.get_body()) if error.redirect_uri else _broken()
    try:
        lately.check()
        grant.request.scope = granted(grant.request.scope, current_user)
    except OAuth2Error as error:
        return _back(grant.redirect_uri, error.get_body())
    if any(tokens.SCOPES[name].permission for name in grant.request.scope.split()) and not current_user.proven:
        return answer(403, say(UNPROVEN))
    return grant


def _to_confirm() -> Response:
    """Where one shows again who one is, and comes back to this request."""
    return see_other(url_for("auth.confirm", purpose=Purpose.ACT.value, next=safe_next(lately.here(), "") or None))


def _back(redirect_uri: str, said: list[tuple[str, Any]]) -> Response:
    """To the app, with its state, and with who we are (RFC 9207)."""
    mine = [("state", request.args["state"])] if request.args.get("state") else []
    iss = ("iss", tokens.issuer_of(settings().base_url))
    told = [pair for pair in said if pair[0] not in {"state", "iss"}]
    # 303: what was posted here is not posted there.
    gone = cast(Response, redirect(add_params_to_uri(redirect_uri, [*told, *mine, iss]), 303))
    gone.headers["Cache-Control"] = "no-store"
    return gone


def _broken() -> Response:
    return answer(400, say(BROKEN))


def _place(redirect_uri: str) -> str:
    """Where the person will be led, in a word: a host, or nothing for an app of this device."""
    scheme, _, rest = redirect_uri.partition("://")
    return rest.partition("/")[0].partition("?")[0] if scheme == "https" else ""
