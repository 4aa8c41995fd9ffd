"""Letting somebody in whom an outside provider vouches for: at once, or after the second factor they have here."""

from flask import Response, url_for

from portal.domains.identity import Person
from portal.domains.identity.federation import Vouched
from portal.kernel import clock, log
from portal.outside import OutsideProvider
from portal.web import i18n, sessions
from portal.web.auth.face import home_of
from portal.web.htmx import see_other

logger = log.get("web.auth")


def admit(person: Person, vouched: Vouched, provider: OutsideProvider, wanted: str) -> Response:
    """The answer that follows. `wanted` is the page to go on to, or empty."""
    proven = vouched.second_factor(provider)
    if person.has_second_factor and not proven:
        sessions.put_by(pending={"account": str(person.id), "at": clock.now().timestamp(), "next": wanted})
        return see_other(url_for("auth.sign_in_code"))
    if not sessions.sign_in(person, proven=proven):
        return see_other(url_for("auth.sign_in"))
    logger.info("signed in", account=str(person.id), by=provider.name)
    if not i18n.has_chosen():
        i18n.choose(person.locale)
    if person.is_staff and not person.has_second_factor:
        return see_other(url_for("auth.security", need="staff"))
    return see_other(wanted or home_of(person))
