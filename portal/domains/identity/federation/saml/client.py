"""One SAML provider as we ask it: a question by redirect, an answer by form, and nothing in it taken on trust."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from portal.domains.identity.federation.client import TRIP_WITHIN
from portal.domains.identity.federation.http import Away
from portal.domains.identity.federation.saml import judging, reading, signature, speaking
from portal.domains.identity.federation.saml.names import NAME_ID, NS
from portal.domains.identity.federation.saml.published import idp_of
from portal.domains.identity.federation.vouching import Answer, SamlTrip, Unbelievable
from portal.kernel import clock
from portal.outside_saml import SamlProvider

PREFIX = "saml:"
"""Before the issuer of an identity: a provider may be called the same as a SAML and as an OpenID Connect one, and give
the same word to two people."""
UseOnce = Callable[[str, float], bool]
"""(name, seconds to remember it): True the first time, on all servers together."""


class SamlClient:
    """Asks one provider. Raises ValueError, which names the setting, for one that cannot be asked.

    `anywhere` allows http, for a machine on its own; `now` is the present moment.
    """

    def __init__(self, settings: SamlProvider, *, anywhere: bool, now: Callable[[], datetime] = clock.now) -> None:
        self.settings = settings
        self._idp = idp_of(settings, anywhere=anywhere)
        self._now = now

    @property
    def issuer(self) -> str:
        """The first half of what names an identity of this provider."""
        return f"{PREFIX}{self._idp.entity_id}"

    def begin(
        self, acs: str, audience: str, *, account: str = "", then: str = "", confirms: bool = False
    ) -> tuple[str, SamlTrip]:
        """The address to send the browser to, and the trip to keep until it comes back. `acs`: where to, with a form;
        `audience`: who we are, unless the settings say. `confirms`: who is signed in here shows it again there.

        Raises Away when the provider's metadata are over.
        """
        if self._is_over():
            raise Away(f"its metadata were valid until {self._idp.until}; get newer ones")
        trip = SamlTrip(
            provider=self.settings.name,
            relay_state=secrets.token_urlsafe(32),
            request=f"_{secrets.token_hex(20)}",
            acs=acs,
            audience=self.settings.audience or audience,
            began=self._now().timestamp(),
            account=account,
            then=then,
            confirms=confirms,
        )
        asked = speaking.question(
            id=trip.request,
            now=self._now(),
            sso_url=self._idp.sso_url,
            acs=acs,
            audience=trip.audience,
            name_id="" if self.settings.subject else NAME_ID[self.settings.name_id],
            acr=self.settings.second_factor_acr,
            again=confirms,
        )
        return speaking.redirect(self._idp.sso_url, asked, trip.relay_state), trip

    def finish(self, trip: SamlTrip, encoded: str, use_once: UseOnce) -> Answer:
        """Who came back. `encoded` is the field SAMLResponse.

        Raises NoSignIn when the person or the provider said no, Unbelievable when anything is not as it must be.
        Nothing is read out of it before all of it was checked.
        """
        now = self._now()
        if trip.provider != self.settings.name or not 0 <= now.timestamp() - trip.began <= TRIP_WITHIN:
            raise Unbelievable("a trip to somebody else, or too long ago")
        if self._is_over():
            raise Unbelievable("the provider's metadata are over")
        expected = judging.Expected(
            issuer=self._idp.entity_id,
            audience=trip.audience,
            acs=trip.acs,
            request=trip.request,
            began=datetime.fromtimestamp(trip.began, UTC),
            now=now,
        )
        root = reading.response(encoded)
        judging.check_response(root, expected)
        one = reading.assertion(root)
        judging.check_assertion(one, expected)
        answer = self._answer(one, now)
        theirs = signature.settings_for(self._idp, audience=trip.audience, acs=trip.acs)
        signature.check(theirs, encoded, acs=trip.acs, request=trip.request)
        self._spend(one, judging.confirmation(one, expected), use_once)
        return answer

    def metadata(self, acs: str, audience: str) -> bytes:
        """Our metadata, for whoever runs the provider."""
        wanted = "" if self.settings.subject else NAME_ID[self.settings.name_id]
        return speaking.metadata(audience=self.settings.audience or audience, acs=acs, name_id=wanted)

    def sign_out_url(self, back_to: str, id_token: str) -> None:
        """Signing out here leaves the session there alone: we take part in no single logout."""

    def _is_over(self) -> bool:
        """Whether the provider's metadata have ended: then nobody vouches for its certificates any more."""
        return self._idp.until is not None and self._now() >= self._idp.until

    def _spend(self, one: Any, until: datetime, use_once: UseOnce) -> None:
        left = (until + 2 * judging.LEEWAY - self._now()).total_seconds()
        if not use_once(f"saml assertion {self._idp.entity_id} {one.get('ID')}", max(left, 1.0)):
            raise Unbelievable("this assertion was used before")

    def _answer(self, one: Any, now: datetime) -> Answer:
        told = reading.attributes(one)
        email = next((told[name] for name in self.settings.email if told.get(name)), None)
        return Answer(
            provider=self.settings.name,
            issuer=self.issuer,
            subject=self._subject(one, told),
            vouched=judging.vouched(one, now),
            email=email,
            email_verified=bool(email) and self.settings.email_verified,
            name=next((told[name] for name in self.settings.display_name if told.get(name)), ""),
        )

    def _subject(self, one: Any, told: dict[str, str]) -> str:
        if self.settings.subject:
            subject = told.get(self.settings.subject, "")
        else:
            found = one.xpath("a:Subject/a:NameID", namespaces=NS)
            kind = found[0].get("Format", NAME_ID["unspecified"]) if found else None
            # The same word may be two people's in two kinds, and one that is made anew each time is nobody's.
            if kind != NAME_ID[self.settings.name_id]:
                raise Unbelievable(f"NameID of format {kind}")
            subject = reading.text_of(found)
        if not 0 < len(subject) <= 255:
            raise Unbelievable("no usable subject")
        return subject
