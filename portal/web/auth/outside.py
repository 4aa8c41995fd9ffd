"""Signing in with an outside provider: there by a form, back by an address that only this browser's trip opens."""

from typing import TYPE_CHECKING

from flask import Response, abort, request, session, url_for
from flask_login import current_user

from portal.domains.identity import federation
from portal.domains.identity.federation import Provider, Trip
from portal.kernel import log
from portal.web.auth import saml
from portal.web.auth.arriving import arrive, away, going_on, lost, providers
from portal.web.auth.face import asked_next, blueprint, settings
from portal.web.guards import public

if TYPE_CHECKING:
    from portal.domains.identity.federation.registry import AnyProvider

TRIPS = "trips"
"""Where a session keeps its trips: {state: trip}. Several, for people with several tabs."""
MOST_TRIPS = 5

logger = log.get("web.auth")


@blueprint.post("/sign-in/with/<name>")
@public
def sign_in_with(name: str) -> Response:
    return set_out(providers().find(name) or abort(404), then=asked_next())


@blueprint.get("/sign-in/with/<name>/back")
@public
def back_from(name: str) -> Response:
    provider = providers().find_oidc(name) or abort(404)
    trip = _trip(provider)
    if trip is None:
        return lost(provider)
    return arrive(provider, trip, lambda: provider.finish(trip, request.args.to_dict()))


def set_out(provider: "AnyProvider", *, account: str = "", then: str = "", confirms: bool = False) -> Response:
    """Sends the browser to the provider and keeps the trip in its session (SAML: in Redis). `confirms`: who is signed
    in here shows it again there, so an old sign-in there is not enough."""
    if not isinstance(provider, Provider):
        return saml.set_out(provider, account=account, then=then, confirms=confirms)
    back = f"{settings().base_url.rstrip('/')}{url_for('auth.back_from', name=provider.settings.name)}"
    try:
        url, trip = provider.begin(back, account=account, then=then, max_age=0 if confirms else None, confirms=confirms)
    except federation.Away as reason:
        return away(provider, reason)
    under_way = dict(list(session.get(TRIPS, {}).items())[1 - MOST_TRIPS :])
    session[TRIPS] = {**under_way, trip.state: trip.kept()}
    return going_on(url, provider)


def way_out() -> str | None:
    """Where this session's provider ends its own, if it began with one that wants that. Ask before signing out."""
    began = session.get(federation.KEY) or {}
    provider = providers().find_oidc(began.get("provider", ""))
    if provider is None or not current_user.is_authenticated or began.get("account") != str(current_user.id):
        return None
    try:
        return provider.sign_out_url(f"{settings().base_url.rstrip('/')}/", began.get("id_token", ""))
    except federation.Away as reason:
        logger.warning("provider away", provider=provider.settings.name, reason=str(reason))
        return None


def _trip(provider: Provider) -> Trip | None:
    """The trip that this answer belongs to, once."""
    under_way = dict(session.get(TRIPS, {}))
    kept = under_way.pop(request.args.get("state", ""), None)
    if kept is None:
        return None
    session[TRIPS] = under_way
    trip = Trip.of(kept)
    return trip if trip.provider == provider.settings.name else None
