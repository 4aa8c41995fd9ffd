"""What we know of a provider: its name, where browsers go, and the certificates pinned by the settings."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from portal.domains.identity.federation.saml import judging, reading
from portal.domains.identity.federation.saml.names import NS, REDIRECT
from portal.domains.identity.federation.vouching import Unbelievable
from portal.outside_saml import SamlProvider

PEM = re.compile(r"-----[A-Z ]+-----|\s")


@dataclass(frozen=True)
class Idp:
    """`certificates` as base64 of DER; several while the provider changes its key."""

    entity_id: str
    sso_url: str
    certificates: tuple[str, ...]
    until: datetime | None = None
    """When its metadata are over (validUntil); None if they do not say."""


def idp_of(settings: SamlProvider, *, anywhere: bool) -> Idp:
    """The provider as its settings name it. Raises ValueError that says which setting cannot be used and why."""
    try:
        found = _from_file(settings.metadata, settings.entity_id) if settings.metadata else _from_settings(settings)
        _check(found, anywhere=anywhere)
    except (OSError, ValueError, Unbelievable) as error:
        raise ValueError(f"{settings.spelled}: {error}") from error
    return found


def _from_settings(settings: SamlProvider) -> Idp:
    given = settings.certificate
    text = given if "BEGIN" in given or not Path(given[:255]).is_file() else Path(given).read_text()
    return Idp(settings.entity_id, settings.sso_url, (PEM.sub("", text),))


def _from_file(file: Path, entity_id: str) -> Idp:
    root = reading.document(file.read_bytes())
    idps = root.xpath("descendant-or-self::m:EntityDescriptor[m:IDPSSODescriptor]", namespaces=NS)
    chosen = [one for one in idps if entity_id in ("", one.get("entityID"))]
    if len(chosen) != 1:
        raise ValueError(f"{file} has {len(chosen)} identity providers; name one by _ENTITY_ID")
    role: Any = chosen[0].find("m:IDPSSODescriptor", NS)
    if role.get("WantAuthnRequestsSigned") in ("true", "1"):
        raise ValueError("the provider wants signed requests, and we sign none")
    places = role.xpath("m:SingleSignOnService[@Binding=$how]/@Location", namespaces=NS, how=REDIRECT)
    if not places:
        raise ValueError(f"{file} has no SingleSignOnService by HTTP-Redirect")
    keys = role.xpath("m:KeyDescriptor[not(@use) or @use='signing']//ds:X509Certificate", namespaces=NS)
    certificates = tuple(dict.fromkeys(PEM.sub("", reading.text_of([key])) for key in keys))
    return Idp(chosen[0].get("entityID"), str(places[0]), certificates, _until(role))


def _until(role: Any) -> datetime | None:
    """The first of the ends that the role, its provider and the list around them name."""
    named = role.xpath("ancestor-or-self::*[@validUntil]")
    return min((judging.moment(one, "validUntil") for one in named), default=None)


def _check(found: Idp, *, anywhere: bool) -> None:
    parts = urlsplit(found.sso_url)
    if not parts.hostname or parts.fragment or parts.scheme not in ({"https", "http"} if anywhere else {"https"}):
        raise ValueError(f"{found.sso_url} is not an https address")
    if not found.entity_id or not found.certificates:
        raise ValueError("no name or no certificate")
    for one in found.certificates:
        x509.load_pem_x509_certificate(f"-----BEGIN CERTIFICATE-----\n{one}\n-----END CERTIFICATE-----\n".encode())
