"""Judging what an answer says of itself (SAML 2.0 Profiles 4.1.4.3): for us, for this question, of this provider, now.

python3-saml takes what is missing for what is right (Destination, Recipient, InResponseTo, audience), compares
addresses by their beginning and clocks by five minutes: here all must be there, whole, and within half a minute.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.domains.identity.federation.saml.names import BEARER, NS, SUCCESS
from portal.domains.identity.federation.saml.reading import text_of
from portal.domains.identity.federation.vouching import NoSignIn, Unbelievable, Vouched

LEEWAY = timedelta(seconds=30)


@dataclass(frozen=True)
class Expected:
    """What the answer has to name. `began`: when the question was asked."""

    issuer: str
    audience: str
    acs: str
    request: str
    began: datetime
    now: datetime


def check_response(root: Any, expected: Expected) -> None:
    """Raises Unbelievable, and NoSignIn where the provider says to this question that nobody signed in there."""
    _same("Destination", root.get("Destination"), expected.acs)
    _same("InResponseTo", root.get("InResponseTo"), expected.request)
    for issuer in root.iterfind("a:Issuer", NS):
        _same("Issuer", text_of([issuer]), expected.issuer)
    codes = [one.get("Value") for one in root.iterfind("p:Status/p:StatusCode", NS)]
    if codes != [SUCCESS]:
        if root.find("a:Assertion", NS) is None:
            raise NoSignIn
        raise Unbelievable(f"status {codes}")


def check_assertion(one: Any, expected: Expected) -> None:
    """Raises Unbelievable."""
    _same("Issuer", text_of(one.iterfind("a:Issuer", NS)), expected.issuer)
    made = moment(one, "IssueInstant")
    if not expected.began - 10 * LEEWAY <= made <= expected.now + LEEWAY:
        raise Unbelievable("IssueInstant is not of now")
    _check_conditions(one, expected)
    confirmation(one, expected)


def confirmation(one: Any, expected: Expected) -> datetime:
    """Until when the assertion may be brought. Raises Unbelievable unless whoever brings it may, here and to this
    question."""
    found = one.xpath("a:Subject/a:SubjectConfirmation", namespaces=NS)
    if len(found) != 1 or found[0].get("Method") != BEARER:
        raise Unbelievable("no SubjectConfirmation by bearer, or several")
    data = found[0].find("a:SubjectConfirmationData", NS)
    if data is None:
        raise Unbelievable("no SubjectConfirmationData")
    _same("Recipient", data.get("Recipient"), expected.acs)
    _same("InResponseTo of the subject", data.get("InResponseTo"), expected.request)
    _check_times("SubjectConfirmationData", data, expected.now)
    return moment(data, "NotOnOrAfter")


def vouched(one: Any, now: datetime) -> Vouched:
    """How and when the person signed in there. Raises Unbelievable."""
    found = one.findall("a:AuthnStatement", NS)
    if len(found) != 1:
        raise Unbelievable("no AuthnStatement, or several")
    when = moment(found[0], "AuthnInstant")
    if when > now + LEEWAY:
        raise Unbelievable("AuthnInstant is not yet")
    over = found[0].get("SessionNotOnOrAfter")
    if over is not None and moment(found[0], "SessionNotOnOrAfter") <= now - LEEWAY:
        raise Unbelievable("the session there is over")
    return Vouched(acr=text_of(found[0].iterfind("a:AuthnContext/a:AuthnContextClassRef", NS)) or None, auth_time=when)


def _check_conditions(one: Any, expected: Expected) -> None:
    found = one.findall("a:Conditions", NS)
    if len(found) != 1:
        raise Unbelievable("no Conditions, or several")
    _check_times("Conditions", found[0], expected.now)
    restrictions = found[0].findall("a:AudienceRestriction", NS)
    heard = [[text_of([who]) for who in each.iterfind("a:Audience", NS)] for each in restrictions]
    if not heard or not all(expected.audience in each for each in heard):
        raise Unbelievable(f"audience is {heard}")


def _check_times(what: str, element: Any, now: datetime) -> None:
    if element.get("NotBefore") is not None and moment(element, "NotBefore") > now + LEEWAY:
        raise Unbelievable(f"NotBefore of {what} is not yet")
    if element.get("NotOnOrAfter") is not None and moment(element, "NotOnOrAfter") <= now - LEEWAY:
        raise Unbelievable(f"NotOnOrAfter of {what} is over")


def _same(what: str, told: str | None, wanted: str) -> None:
    if told != wanted:
        raise Unbelievable(f"{what} is {told!r}")


def moment(element: Any, name: str) -> datetime:
    given = element.get(name) or ""
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise Unbelievable(f"no usable {name}") from error
    # SAML's times are UTC, and say so by a Z that some leave out.
    return found if found.tzinfo else found.replace(tzinfo=UTC)
