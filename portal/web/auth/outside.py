"""Signing in with an outside provider: there by a form, back by an address that only this browser's trip opens."""

from typing import cast
from uuid import UUID

from flask import Response, abort, current_app, flash, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import identity
from portal.domains.identity import challenge, federation
from portal.domains.identity.federation import Answer, Provider, Providers, Trip
from portal.kernel import clock, log
from portal.kernel.errors import N_, Refusal
from portal.web import account_letters as letters
from portal.web import i18n, limits, records
from portal.web.auth import challenges
from portal.web.auth.face import asked_next, blueprint, settings
from portal.web.database import transaction
from portal.web.errors import words_of
from portal.web.guards import public
from portal.web.htmx import is_fragment, redirected, render, see_other

TRIPS = "trips"
"""Where a session keeps its trips: {state: trip}. Several, for people with several tabs."""
MOST_TRIPS = 5

logger = log.get("web.auth")


class NotWithThis(Refusal):
    """The account is closed, or is one of staff, who come in by this provider only where the settings say so."""

    code = "not-with-this"
    message = N_("This account cannot be opened with this sign-in. Use your password, or ask who runs this site.")


@blueprint.post("/sign-in/with/<name>")
@public
def sign_in_with(name: str) -> Response:
    return set_out(_provider(name), then=asked_next())


@blueprint.get("/sign-in/with/<name>/back")
@public
def back_from(name: str) -> Response:
    provider = _provider(name)
    trip = _trip(provider)
    if trip is None:
        return _refused(provider, _("This page was opened without a sign-in that began here, or too late. Try again."))
    try:
        answer = provider.finish(trip, request.args.to_dict())
        if trip.confirms:
            return _confirmed(trip, answer, provider)
        return _linked(trip, answer, provider) if trip.account else _signed_in(trip, answer, provider)
    except federation.Unbelievable as reason:
        logger.warning("sign-in refused", provider=name, reason=str(reason), address=limits.address())
        return _refused(provider, _("Their answer was not one we can rely on, so nobody was signed in. Try again."))
    except federation.Away as reason:
        return _away(provider, reason)
    except Refusal as fact:
        logger.warning("sign-in refused", provider=name, reason=fact.code, address=limits.address())
        return _refused(provider, words_of(fact), first=isinstance(fact, federation.SignInFirst))


def set_out(provider: Provider, *, account: str = "", then: str = "", confirms: bool = False) -> Response:
    """Sends the browser to the provider and keeps the trip in its session. `confirms`: who is signed in here shows it
    again there, so an old sign-in there is not enough."""
    back = f"{settings().base_url.rstrip('/')}{url_for('auth.back_from', name=provider.settings.name)}"
    try:
        url, trip = provider.begin(back, account=account, then=then, max_age=0 if confirms else None, confirms=confirms)
    except federation.Away as reason:
        return _away(provider, reason)
    under_way = dict(list(session.get(TRIPS, {}).items())[1 - MOST_TRIPS :])
    session[TRIPS] = {**under_way, trip.state: trip.kept()}
    return going_on(url, provider)


def way_out() -> str | None:
    """Where this session's provider ends its own, if it began with one that wants that. Ask before signing out."""
    began = session.get(federation.KEY) or {}
    provider = providers().find(began.get("provider", ""))
    if provider is None or not current_user.is_authenticated or began.get("account") != str(current_user.id):
        return None
    try:
        return provider.sign_out_url(f"{settings().base_url.rstrip('/')}/", began.get("id_token", ""))
    except federation.Away as reason:
        logger.warning("provider away", provider=provider.settings.name, reason=str(reason))
        return None


def going_on(url: str, provider: Provider | None) -> Response:
    """On to another site. A page of ours in between: browsers hold a redirect after a form to our own addresses."""
    if is_fragment():
        return redirected(url)
    return render("auth/going_on.html", url=url, title=provider.settings.title if provider else "")


def providers() -> Providers:
    return cast(Providers, current_app.extensions["outside"])


def _provider(name: str) -> Provider:
    return providers().find(name) or abort(404)


def _trip(provider: Provider) -> Trip | None:
    """The trip that this answer belongs to, once."""
    under_way = dict(session.get(TRIPS, {}))
    kept = under_way.pop(request.args.get("state", ""), None)
    if kept is None:
        return None
    session[TRIPS] = under_way
    trip = Trip.of(kept)
    return trip if trip.provider == provider.settings.name else None


def _signed_in(trip: Trip, answer: Answer, provider: Provider) -> Response:
    with transaction() as tx:
        account_id = federation.whose(tx, answer.issuer, answer.subject)
        if account_id is None:
            limits.count(settings().sign_ups_per_address, "sign-up", limits.address())
            account_id = federation.sign_up(tx, answer, locale=i18n.language())
            records.done(tx, "account.opened", account_id, provider=provider.settings.name)
        person = identity.find_person(tx, account_id)
        if person is None or not person.is_active or (person.is_staff and not provider.settings.staff):
            raise NotWithThis
        federation.note_use(tx, answer.issuer, answer.subject, now=clock.now())
    response = challenges.begin(person, answer.vouched.shown(provider.settings), trip.then)
    # After it: being let in begins with an empty session. A second factor may still be missing.
    session[federation.KEY] = {
        "account": str(person.id),
        "provider": provider.settings.name,
        "issuer": answer.issuer,
        "subject": answer.subject,
        "sid": answer.sid,
        "id_token": answer.id_token,
    }
    return response


def _confirmed(trip: Trip, answer: Answer, provider: Provider) -> Response:
    """Only by the account's own identity there, and only if something was shown there just now."""
    if not current_user.is_authenticated or str(current_user.id) != trip.account:
        return see_other(url_for("auth.sign_in"))
    with transaction() as tx:
        theirs = federation.whose(tx, answer.issuer, answer.subject) == current_user.id
    if not theirs or not answer.vouched.fresh(clock.now(), settings().fresh_seconds):
        logger.warning("confirmation refused", account=trip.account, provider=provider.settings.name, theirs=theirs)
        return _refused(provider, _("They did not say that it was you, just now. Nothing was confirmed."))
    found = challenges.pending()
    if found is None:
        return see_other(url_for("auth.confirm", next=trip.then or None))
    for method in answer.vouched.shown(provider.settings):
        found = challenge.show(found, method)
    return challenges.go_on(current_user, found)


def _linked(trip: Trip, answer: Answer, provider: Provider) -> Response:
    """Only for the very account that asked for it: who is signed in by now may be somebody else."""
    if not current_user.is_authenticated or str(current_user.id) != trip.account:
        return see_other(url_for("auth.sign_in"))
    with transaction() as tx:
        federation.link(tx, UUID(trip.account), answer)
        records.done(tx, "sign_in.linked", current_user.id, provider=provider.settings.name)
        letters.tell_change(tx, current_user, "sign_in.linked", now=clock.now())
    flash(_("Linked. From now on you can sign in with %(name)s.", name=provider.settings.title), "success")
    return see_other(url_for("auth.security", _anchor="linked"))


def _away(provider: Provider, reason: Exception) -> Response:
    logger.warning("provider away", provider=provider.settings.name, reason=str(reason))
    text = _(
        "%(name)s does not answer us at the moment. Try again later, or sign in another way.",
        name=provider.settings.title,
    )
    return _refused(provider, text, status=503)


def _refused(provider: Provider, text: str, *, status: int = 422, first: bool = False) -> Response:
    return render(
        "auth/outside_refused.html", status=status, title=provider.settings.title, text=text, sign_in_first=first
    )
