"""The SAML 2.0 identity providers people may sign in with, as the environment names them: `SAML_<NAME>_…`.

They need an extra (requirements-saml.txt); the portal runs without it, and says so where one is set and it is missing.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from portal.outside import read_settings

PREFIX = "SAML_"
EMAIL = ("email", "mail", "emailaddress", "urn:oid:0.9.2342.19200300.100.1.3")
DISPLAY_NAME = ("displayName", "name", "urn:oid:2.16.840.1.113730.3.1.241")
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"


class SamlProvider(BaseModel):
    """One provider; each field is read from `SAML_<NAME>_<FIELD>`. Lists are separated by blanks or commas.

    Either `metadata`, or `entity_id`, `sso_url` and `certificate`.
    """

    model_config = ConfigDict(frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    """`<NAME>` in small letters; it stands in our addresses, so it does not change once it is registered there."""
    metadata: Path | None = None
    """File of the provider's metadata. A file and no address: whoever changes it is who runs this portal."""
    entity_id: str = ""
    """The provider's name of itself; with `metadata`, which one of several in it."""
    sso_url: str = ""
    """Where browsers are sent to (HTTP-Redirect)."""
    certificate: str = ""
    """What it signs with: PEM, its base64 alone, or the path of a file with it."""
    audience: str = ""
    """Our name of ourselves; empty: the address of our metadata."""
    label: str = ""
    """What stands on the button behind «Sign in with»."""
    name_id: Literal["persistent", "emailAddress", "unspecified"] = "persistent"
    """The kind of NameID that names a person for good. Where it is an address: that the provider gives none twice."""
    subject: str = ""
    """An attribute that names a person for good, in place of the NameID."""
    email: tuple[str, ...] = (*EMAIL, f"{CLAIMS}emailaddress")
    """Attributes that may hold the address, the first one found counts."""
    display_name: tuple[str, ...] = (*DISPLAY_NAME, f"{CLAIMS}name")
    email_verified: bool = False
    """Whether the provider's addresses are people's own, so that somebody new gets an account by one. SAML has no word
    for it."""
    second_factor_acr: frozenset[str] = frozenset()
    """Values of AuthnContextClassRef that count as a second factor here. None: whoever has one is asked for it here."""
    staff: bool = False
    """Whether members of staff may come in with it."""

    @field_validator("email", "display_name", "second_factor_acr", mode="before")
    @classmethod
    def _words(cls, given: object) -> object:
        return given.replace(",", " ").split() if isinstance(given, str) else given

    @model_validator(mode="after")
    def _told_in_full(self) -> "SamlProvider":
        if self.metadata is None and not (self.entity_id and self.sso_url and self.certificate):
            raise ValueError(f"{self.spelled}: either _METADATA, or _ENTITY_ID, _SSO_URL and _CERTIFICATE")
        return self

    @property
    def spelled(self) -> str:
        """Its variables' beginning."""
        return f"{PREFIX}{self.name.upper().replace('-', '_')}"

    @property
    def title(self) -> str:
        """The name people know it by."""
        return self.label or self.name.replace("-", " ").title()

    @property
    def second_factor_amr(self) -> frozenset[str]:
        """SAML has no list of methods."""
        return frozenset()

    def faults(self) -> list[str]:
        """What production would not accept, one sentence each."""
        found = []
        if self.sso_url and urlsplit(self.sso_url).scheme != "https":
            found.append(f"{self.spelled}_SSO_URL is not https")
        if reason := missing():
            found.append(f"{self.spelled}_… is set, but {reason}")
        return found


FIELDS = tuple(sorted((field for field in SamlProvider.model_fields if field != "name"), key=len, reverse=True))
"""Longest first, as in outside.py."""


def missing() -> str | None:
    """Why SAML is not to be had in this environment, in words for whoever runs it; None if it is."""
    try:
        for module in ("lxml.etree", "xmlsec", "onelogin.saml2.response"):
            import_module(module)
    except ModuleNotFoundError:
        return "the extra for SAML is not installed: pip install -r requirements-saml.txt"
    except Exception as error:  # xmlsec has an error of its own for an lxml that is not its pair
        return f"the extra for SAML does not load ({error}): install requirements-saml.txt as it is pinned"
    return None


def from_environment(environment: Mapping[str, str] | None = None) -> tuple[SamlProvider, ...]:
    """Every provider, by name. Raises ValueError for one that is told by half, and for a setting there is none of."""
    told = read_settings(PREFIX, FIELDS, "a SAML provider", environment)
    return tuple(SamlProvider.model_validate({"name": name, **facts}) for name, facts in told.items())
