"""What a provider says about somebody, as values: who it is, how they proved it, and what makes an answer void."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

from portal.kernel.errors import N_, Refusal


class Trusting(Protocol):
    """What a portal's settings trust of a provider."""

    @property
    def second_factor_amr(self) -> frozenset[str]: ...

    @property
    def second_factor_acr(self) -> frozenset[str]: ...


class Unbelievable(Exception):
    """The provider's answer breaks a rule of OpenID Connect or SAML; the message says which, for the log, never for
    people."""


class NoSignIn(Refusal):
    """The person, or the provider in their place, said no."""

    code = "no-sign-in"
    message = N_("You were not signed in there, so you are not signed in here either. Nothing was changed.")


@dataclass(frozen=True)
class Vouched:
    """What the provider vouches for: the methods used (RFC 8176), the class of the whole (SAML: its authentication
    context), and when it happened.

    A challenge takes it in place of factors of ours as far as `second_factor` and `fresh` say.
    """

    amr: frozenset[str] = frozenset()
    acr: str | None = None
    auth_time: datetime | None = None

    def second_factor(self, provider: Trusting) -> bool:
        """Whether a second factor was shown there, by the values that this portal's settings trust. None by default:
        what a provider calls strong is its own opinion."""
        return bool(self.amr & provider.second_factor_amr) or self.acr in provider.second_factor_acr

    def shown(self, provider: Trusting) -> tuple[str, ...]:
        """In the words of a challenge: the provider is worth a password, and a second factor if one was shown there."""
        return ("fed", "mfa") if self.second_factor(provider) else ("fed",)

    def fresh(self, now: datetime, within: float) -> bool:
        """Whether the person typed something there at most `within` seconds ago. Not said is not fresh."""
        return self.auth_time is not None and (now - self.auth_time).total_seconds() <= within


@dataclass(frozen=True)
class Answer:
    """Somebody as a provider knows them. (issuer, subject) names them; the e-mail address only tells how to reach."""

    provider: str
    issuer: str
    subject: str
    vouched: Vouched = field(default_factory=Vouched)
    email: str | None = None
    email_verified: bool = False
    name: str = ""
    sid: str | None = None
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Trip:
    """One way to the provider and back, kept in the browser's own session: whoever comes back without it is a stranger.

    `began` is seconds since 1970. `account`: whose account is to be linked, or, if the trip `confirms`, shown to be in
    the same hands still; empty for signing in. `then` is the page to go on to.
    """

    provider: str
    state: str
    nonce: str
    verifier: str = field(repr=False)
    redirect_uri: str
    began: float
    max_age: int | None = None
    account: str = ""
    then: str = ""
    confirms: bool = False

    def kept(self) -> dict[str, Any]:
        """As a session keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Trip":
        return cls(**kept)


@dataclass(frozen=True)
class SamlTrip:
    """The same with a SAML provider. It is kept on our side under `relay_state`: a form from another site brings no
    session along. `request` is the id of our question; `browser` what the browser's own cookie for this must hash to.
    """

    provider: str
    relay_state: str = field(repr=False)
    request: str
    acs: str
    audience: str
    began: float
    account: str = ""
    then: str = ""
    confirms: bool = False
    browser: str = ""
