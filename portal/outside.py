"""The outside OpenID Connect providers people may sign in with, as the environment names them: `OIDC_<NAME>_…`."""

import os
from collections.abc import Iterable, Mapping
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

PREFIX = "OIDC_"


class OutsideProvider(BaseModel):
    """One provider; each field is read from `OIDC_<NAME>_<FIELD>`. Lists are separated by blanks or commas."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    """`<NAME>` in small letters; it stands in our addresses, so it does not change once it is registered there."""
    issuer: str
    """Exactly as the provider's discovery document spells it, a closing slash included."""
    client_id: str
    client_secret: str = Field(default="", repr=False)
    label: str = ""
    """What stands on the button behind «Sign in with»."""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    client_auth: Literal["basic", "post", ""] = ""
    """How the secret is sent; empty: as the provider's metadata say."""
    userinfo: bool = False
    """Ask the userinfo address for what the ID token leaves out."""
    second_factor_amr: frozenset[str] = frozenset()
    """Values of `amr` that count as a second factor here. None: whoever has one is asked for it here."""
    second_factor_acr: frozenset[str] = frozenset()
    """Values of `acr` that count as a second factor here."""
    max_age: int | None = Field(default=None, ge=0)
    """Seconds since the person typed something at the provider; sent as `max_age` and held against `auth_time`."""
    staff: bool = False
    """Whether members of staff may come in with it."""
    sign_out_too: bool = True
    """Signing out here ends the session there, if the provider has an address for that."""
    id_token_hint: bool = False
    """Sends the ID token along when signing out; only for providers that insist, since it passes the browser."""
    private_network: bool = False
    """In production: the provider is in a private network (10.x, 192.168.x, …). Never the machine itself."""

    @field_validator("scopes", "second_factor_amr", "second_factor_acr", mode="before")
    @classmethod
    def _words(cls, given: object) -> object:
        return given.replace(",", " ").split() if isinstance(given, str) else given

    @field_validator("scopes")
    @classmethod
    def _openid(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return given if "openid" in given else ("openid", *given)

    @property
    def title(self) -> str:
        """The name people know it by."""
        return self.label or self.name.replace("-", " ").title()

    def faults(self) -> list[str]:
        """What production would not accept, one sentence each."""
        spelled = f"{PREFIX}{self.name.upper().replace('-', '_')}"
        parts = urlsplit(self.issuer)
        found = []
        if parts.scheme != "https" or not parts.hostname:
            found.append(f"{spelled}_ISSUER is not https")
        if parts.query or parts.fragment:
            found.append(f"{spelled}_ISSUER has a query or a fragment")
        return found


FIELDS = tuple(sorted((field for field in OutsideProvider.model_fields if field != "name"), key=len, reverse=True))
"""Longest first: `OIDC_ACME_CLIENT_ID` is the field client_id of acme."""


def from_environment(environment: Mapping[str, str] | None = None) -> tuple[OutsideProvider, ...]:
    """Every provider, by name. Raises ValueError for one that is told by half, and for a setting there is none of: a
    misspelled limit would be no limit."""
    told = read_settings(PREFIX, FIELDS, "a provider", environment)
    return tuple(OutsideProvider(name=name, **facts) for name, facts in told.items())


def read_settings(
    prefix: str, fields: Iterable[str], whose: str, environment: Mapping[str, str] | None = None
) -> dict[str, dict[str, str]]:
    """What `<prefix><NAME>_<FIELD>` says, by name and field, sorted by name. Raises ValueError for a field there is
    none of."""
    told: dict[str, dict[str, str]] = {}
    for variable, value in (os.environ if environment is None else environment).items():
        if not variable.startswith(prefix) or value == "":
            continue
        for field in fields:
            name = variable.removeprefix(prefix).removesuffix(f"_{field.upper()}")
            if name and variable == f"{prefix}{name}_{field.upper()}":
                told.setdefault(name.lower().replace("_", "-"), {})[field] = value
                break
        else:
            raise ValueError(f"{variable}: there is no such setting of {whose}")
    return dict(sorted(told.items()))
