"""Signing in by SAML 2.0: there by redirect, back by a form that the provider's page sends, and on from there by a
redirect of our own to a page that has its session again.

Browsers bring no session along with a form from another site. So a trip waits in Redis, is taken out once, and opens
only for the browser with the cookie of this trip, the one cookie of ours that other sites' forms bring. The address
that takes the form in reads the provider's signature, touches no session, and shows no page.
"""

import hashlib
import secrets
from dataclasses import replace
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from pydantic import TypeAdapter
from redis import RedisError

from portal.domains.identity import federation
from portal.domains.identity.federation import Answer, SamlTrip
from portal.web import redis_session, sessions
from portal.web.auth.arriving import arrive, away, going_on, lost, note_unbelieved, providers, refused, unbelieved
from portal.web.auth.face import blueprint, settings
from portal.web.errors import words_of
from portal.web.guards import public
from portal.web.redis_session import SessionsAway

if TYPE_CHECKING:
    from portal.domains.identity.federation.saml.client import SamlClient

COOKIE = "saml_tx"
AWAY_FOR, LANDED_FOR = 600, 120
"""Seconds to come back within, and to be led on to our own page."""
MOST = 512 * 1024
TRIP = TypeAdapter(SamlTrip)
ARRIVAL = TypeAdapter(tuple[SamlTrip, Answer])

guarded_by_itself = Blueprint("saml", __name__)
"""Addresses that are not asked for a token of ours: a form from the provider's page, and metadata for its makers."""


@guarded_by_itself.get("/sign-in/with/<name>/metadata")
def metadata(name: str) -> Response:
    told = _provider(name).metadata(_address("saml.acs", name), _address("saml.metadata", name))
    return Response(told, content_type="application/samlmetadata+xml")


@guarded_by_itself.post("/sign-in/with/<name>/acs")
def acs(name: str) -> Response:
    """The assertion consumer service."""
    provider = _provider(name)
    if (request.content_length or 0) > MOST:
        abort(413)
    try:
        kept = sessions.store().take(f"saml trip {request.form.get('RelayState', '')}")
        trip = TRIP.validate_json(kept) if kept else None
        if trip is None or not _is_of_this_browser(trip, name):
            return _on(name, refused="lost")
        answer = provider.finish(trip, request.form.get("SAMLResponse", ""), sessions.store().use_once)
        ticket = secrets.token_urlsafe(32)
        sessions.store().put_away(f"saml arrival {ticket}", ARRIVAL.dump_json((trip, answer)).decode(), LANDED_FOR)
    except federation.Unbelievable as reason:
        note_unbelieved(provider, reason)
        return _on(name, refused="unbelievable")
    except federation.NoSignIn:
        return _on(name, refused="no")
    except RedisError as error:
        raise SessionsAway from error
    return _on(name, ticket=ticket)


@blueprint.get("/sign-in/with/<name>/arrived")
@public
def arrived(name: str) -> Response:
    provider = _provider(name)
    why = request.args.get("refused")
    if why == "unbelievable":
        return unbelieved(provider)
    if why == "no":
        return refused(provider, words_of(federation.NoSignIn()))
    try:
        kept = sessions.store().take(f"saml arrival {request.args.get('ticket', '')}")
    except RedisError as error:
        raise SessionsAway from error
    trip, answer = ARRIVAL.validate_json(kept) if kept else (None, None)
    if trip is None or answer is None or not _is_of_this_browser(trip, name):
        return lost(provider)
    response = arrive(provider, trip, lambda: answer)
    response.delete_cookie(_cookie(), **_flags())
    return response


def set_out(provider: "SamlClient", *, account: str, then: str, confirms: bool) -> Response:
    """Sends the browser to the provider, with a cookie for this trip. Of a browser's trips the last counts."""
    name, secret = provider.settings.name, secrets.token_urlsafe(32)
    acs, audience = _address("saml.acs", name), _address("saml.metadata", name)
    try:
        url, begun = provider.begin(acs, audience, account=account, then=then, confirms=confirms)
    except federation.Away as reason:
        return away(provider, reason)
    trip = replace(begun, browser=_hash(secret))
    try:
        sessions.store().put_away(f"saml trip {trip.relay_state}", TRIP.dump_json(trip).decode(), AWAY_FOR)
    except RedisError as error:
        raise SessionsAway from error
    response = going_on(url, provider)
    response.set_cookie(_cookie(), secret, max_age=AWAY_FOR, **_flags())
    return response


def _provider(name: str) -> "SamlClient":
    return providers().find_saml(name) or abort(404)


def _is_of_this_browser(trip: SamlTrip, name: str) -> bool:
    brought = _hash(request.cookies.get(_cookie(), ""))
    return trip.provider == name and compare_digest(brought, trip.browser)


def _on(name: str, *, refused: str | None = None, ticket: str | None = None) -> Response:
    return make_response(redirect(url_for("auth.arrived", name=name, refused=refused, ticket=ticket), 303))


def _address(endpoint: str, name: str) -> str:
    return f"{settings().base_url.rstrip('/')}{url_for(endpoint, name=name)}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _cookie() -> str:
    return redis_session.cookie_name(COOKIE, settings())


def _flags() -> dict[str, Any]:
    """None, since the form comes from another site. Browsers take None by https only; the demo's http has one site."""
    flags = redis_session.cookie_flags(settings())
    return {**flags, "samesite": "None"} if settings().secure_cookies else flags
