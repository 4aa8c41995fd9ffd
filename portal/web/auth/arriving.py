"""Coming back from an outside provider, of either kind: whose account the answer opens, links or confirms, and how a
refusal is told."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast
from uuid import UUID

from flask import Response, current_app, flash, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.domains import identity
from portal.domains.identity import challenge, federation
from portal.domains.identity.federation import Answer, Providers, SamlTrip, Trip
from portal.kernel import clock, log
from portal.kernel.errors import N_, Refusal
from portal.web import account_letters as letters
from portal.web import i18n, limits, records
from portal.web.auth import challenges
from portal.web.auth.face import settings
from portal.web.database import transaction
from portal.web.errors import words_of
from portal.web.htmx import is_fragment, redirected, render, see_other

if TYPE_CHECKING:
    from portal.domains.identity.federation.registry import AnyProvider

logger = log.get("web.auth")


class NotWithThis(Refusal):
    """The account is closed, or is one of staff, who come in by this provider only where the settings say so."""

    code = "not-with-this"
    message = N_("This account cannot be opened with this sign-in. Use your password, or ask who runs this site.")


def arrive(provider: "AnyProvider", trip: Trip | SamlTrip, answer_of: Callable[[], Answer]) -> Response:
    """Lets whoever comes back do what they set out for. `answer_of` gives or refuses the provider's answer."""
    try:
        answer = answer_of()
        if trip.confirms:
            return _confirmed(trip, answer, provider)
        return _linked(trip, answer, provider) if trip.account else _signed_in(trip, answer, provider)
    except federation.Unbelievable as reason:
        return unbelieved(provider, reason)
    except federation.Away as reason:
        return away(provider, reason)
    except Refusal as fact:
        logger.warning("sign-in refused", provider=provider.settings.name, reason=fact.code, address=limits.address())
        return refused(provider, words_of(fact), first=isinstance(fact, federation.SignInFirst))


def going_on(url: str, provider: "AnyProvider | None") -> Response:
    """On to another site. A page of ours in between: browsers hold a redirect after a form to our own addresses."""
    if is_fragment():
        return redirected(url)
    return render("auth/going_on.html", url=url, title=provider.settings.title if provider else "")


def providers() -> Providers:
    return cast(Providers, current_app.extensions["outside"])


def lost(provider: "AnyProvider") -> Response:
    """Nobody set out from this browser, or too long ago, or somebody is back already."""
    return refused(provider, _("This page was opened without a sign-in that began here, or too late. Try again."))


def unbelieved(provider: "AnyProvider", reason: Exception | None = None) -> Response:
    if reason:
        note_unbelieved(provider, reason)
    return refused(provider, _("Their answer was not one we can rely on, so nobody was signed in. Try again."))


def note_unbelieved(provider: "AnyProvider", reason: Exception) -> None:
    """For the log: what was wrong, which people are not told."""
    logger.warning("sign-in refused", provider=provider.settings.name, reason=str(reason), address=limits.address())


def away(provider: "AnyProvider", reason: Exception) -> Response:
    logger.warning("provider away", provider=provider.settings.name, reason=str(reason))
    text = _(
        "%(name)s does not answer us at the moment. Try again later, or sign in another way.",
        name=provider.settings.title,
    )
    return refused(provider, text, status=503)


def refused(provider: "AnyProvider", text: str, *, status: int = 422, first: bool = False) -> Response:
    return render(
        "auth/outside_refused.html", status=status, title=provider.settings.title, text=text, sign_in_first=first
    )


def _signed_in(trip: Trip | SamlTrip, answer: Answer, provider: "AnyProvider") -> Response:
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


def _confirmed(trip: Trip | SamlTrip, answer: Answer, provider: "AnyProvider") -> Response:
    """Only by the account's own identity there, and only if something was shown there just now."""
    if not current_user.is_authenticated or str(current_user.id) != trip.account:
        return see_other(url_for("auth.sign_in"))
    with transaction() as tx:
        theirs = federation.whose(tx, answer.issuer, answer.subject) == current_user.id
    if not theirs or not answer.vouched.fresh(clock.now(), settings().fresh_seconds):
        logger.warning("confirmation refused", account=trip.account, provider=provider.settings.name, theirs=theirs)
        return refused(provider, _("They did not say that it was you, just now. Nothing was confirmed."))
    found = challenges.pending()
    if found is None:
        return see_other(url_for("auth.confirm", next=trip.then or None))
    for method in answer.vouched.shown(provider.settings):
        found = challenge.show(found, method)
    return challenges.go_on(current_user, found)


def _linked(trip: Trip | SamlTrip, answer: Answer, provider: "AnyProvider") -> Response:
    """Only for the very account that asked for it: who is signed in by now may be somebody else."""
    if not current_user.is_authenticated or str(current_user.id) != trip.account:
        return see_other(url_for("auth.sign_in"))
    with transaction() as tx:
        federation.link(tx, UUID(trip.account), answer)
        records.done(tx, "sign_in.linked", current_user.id, provider=provider.settings.name)
        letters.tell_change(tx, current_user, "sign_in.linked", now=clock.now())
    flash(_("Linked. From now on you can sign in with %(name)s.", name=provider.settings.title), "success")
    return see_other(url_for("auth.security", _anchor="linked"))
