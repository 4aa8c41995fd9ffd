"""A SAML identity provider that says what it is told to say: keys of its own, and python3-saml's `add_sign` to sign."""

import base64
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Known
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Library

from portal.outside_saml import SamlProvider

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
NS = {"samlp": Known.NS_SAMLP, "saml": Known.NS_SAML, "ds": Known.NS_DS}


@dataclass(frozen=True)
class Pair:
    """A private key and its certificate, as PEM."""

    key: str
    certificate: str

    @classmethod
    def new(cls) -> "Pair":
        key = rsa.generate_private_key(65537, 2048)
        name, now = x509.Name.from_rfc4514_string("CN=idp.example"), datetime.now(UTC)
        made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        pem = serialization.Encoding.PEM
        how = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        certificate = made.sign(key, hashes.SHA256()).public_bytes(pem)
        return cls(key.private_bytes(*how).decode(), certificate.decode())


@dataclass
class Facts:
    """What an answer says; honest until somebody changes it. None leaves a thing out."""

    acs: str
    audience: str | None
    request: str | None
    issuer: str
    subject: str = "person-1"
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    response: str = "_response"
    assertion: str = field(default_factory=lambda: f"_a{datetime.now(UTC).timestamp()}".replace(".", ""))
    status: str = SUCCESS
    format: str | None = PERSISTENT
    method: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    acr: str = PASSWORD
    said: dict[str, str] = field(default_factory=lambda: {"mail": "kim@example.com", "displayName": "Kim Minji"})

    def __post_init__(self) -> None:
        self.destination: str | None = self.acs
        self.recipient: str | None = self.acs
        self.subject_request = self.request
        self.assertion_issuer = self.issuer
        self.made = self.signed_in = self.now
        self.not_before: datetime | None = self.now - timedelta(seconds=10)
        self.until: datetime | None = self.now + timedelta(minutes=5)
        self.subject_until = self.until
        self.session_until: datetime | None = None

    def assertion_xml(self) -> str:
        said = "".join(
            f"<saml:Attribute Name={quoteattr(name)}><saml:AttributeValue>{escape(value)}</saml:AttributeValue>"
            "</saml:Attribute>"
            for name, value in self.said.items()
        )
        audience = (
            ""
            if self.audience is None
            else f"<saml:AudienceRestriction><saml:Audience>{escape(self.audience)}</saml:Audience>"
            "</saml:AudienceRestriction>"
        )
        data = _of(Recipient=self.recipient, InResponseTo=self.subject_request, NotOnOrAfter=self.subject_until)
        return (
            f'<saml:Assertion xmlns:saml="{NS["saml"]}"{_of(ID=self.assertion, IssueInstant=self.made)} Version="2.0">'
            f"<saml:Issuer>{escape(self.assertion_issuer)}</saml:Issuer>"
            f"<saml:Subject><saml:NameID{_of(Format=self.format)}>{self.subject}</saml:NameID>"
            f'<saml:SubjectConfirmation Method="{self.method}"><saml:SubjectConfirmationData{data}/>'
            "</saml:SubjectConfirmation></saml:Subject>"
            f"<saml:Conditions{_of(NotBefore=self.not_before, NotOnOrAfter=self.until)}>{audience}</saml:Conditions>"
            f"<saml:AuthnStatement{_of(AuthnInstant=self.signed_in, SessionNotOnOrAfter=self.session_until)}>"
            f"<saml:AuthnContext><saml:AuthnContextClassRef>{self.acr}</saml:AuthnContextClassRef></saml:AuthnContext>"
            f"</saml:AuthnStatement>"
            + (f"<saml:AttributeStatement>{said}</saml:AttributeStatement>" if said else "")
            + "</saml:Assertion>"
        )

    def response_xml(self, assertion: str) -> str:
        about = _of(ID=self.response, IssueInstant=self.now, Destination=self.destination, InResponseTo=self.request)
        return (
            f'<samlp:Response xmlns:samlp="{NS["samlp"]}" xmlns:saml="{NS["saml"]}"{about} Version="2.0">'
            f"<saml:Issuer>{escape(self.issuer)}</saml:Issuer>"
            f'<samlp:Status><samlp:StatusCode Value="{self.status}"/></samlp:Status>{assertion}</samlp:Response>'
        )


class Idp:
    """One provider. `change` is done to the facts of each answer."""

    def __init__(self, entity_id: str = "https://idp.example/saml", pair: Pair | None = None) -> None:
        self.entity_id = entity_id
        self.sso_url = "https://idp.example/sso?tenant=a&b=c"
        self.pair = pair or Pair.new()
        self.change: Any = lambda _facts: None

    def as_settings(self, name: str = "acme", **more: object) -> SamlProvider:
        """What a portal is told of it that calls it by this name."""
        told = {"entity_id": self.entity_id, "sso_url": self.sso_url, "certificate": self.pair.certificate}
        return SamlProvider.model_validate({"name": name, **told, **more})

    def asked(self, address: str) -> tuple[Any, str]:
        """The question that a browser was sent here with, and its RelayState."""
        assert address.startswith(self.sso_url)
        words = dict(parse_qsl(urlsplit(address).query))
        question = etree.fromstring(zlib.decompress(base64.b64decode(words["SAMLRequest"]), -15))
        assert question.get("Destination") == self.sso_url
        return question, words["RelayState"]

    def facts(self, address: str) -> Facts:
        question, _ = self.asked(address)
        acs, issuer = question.get("AssertionConsumerServiceURL"), question.findtext("saml:Issuer", None, NS)
        facts = Facts(acs=acs, audience=issuer, request=question.get("ID"), issuer=self.entity_id)
        self.change(facts)
        return facts

    def signed(self, xml: str, pair: Pair | None = None, signed: str = Known.RSA_SHA256, hashed: str = "") -> str:
        """The element with its signature."""
        pair, digest = pair or self.pair, hashed or Known.SHA256
        made = Library.add_sign(xml, pair.key, pair.certificate, sign_algorithm=signed, digest_algorithm=digest)
        return str(made.decode() if isinstance(made, bytes) else made)

    def honest(self, facts: Facts) -> str:
        return facts.response_xml(self.signed(facts.assertion_xml()))

    def authorise(self, address: str) -> dict[str, str]:
        """The form that a browser brings back that was sent to `address` and whose person agreed."""
        return {"SAMLResponse": packed(self.honest(self.facts(address))), "RelayState": self.asked(address)[1]}

    def metadata(self) -> str:
        bare = "".join(self.pair.certificate.splitlines()[1:-1])
        return (
            f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.entity_id}">'
            '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
            f'<KeyDescriptor use="signing"><KeyInfo xmlns="{NS["ds"]}"><X509Data><X509Certificate>{bare}'
            "</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
            '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"'
            f" Location={quoteattr(self.sso_url)}/></IDPSSODescriptor></EntityDescriptor>"
        )


def packed(xml: str | bytes) -> str:
    return base64.b64encode(xml.encode() if isinstance(xml, str) else xml).decode()


def _of(**attributes: str | datetime | None) -> str:
    told = {name: _time(value) if isinstance(value, datetime) else value for name, value in attributes.items()}
    return "".join(f" {name}={quoteattr(value)}" for name, value in told.items() if value is not None)


def _time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
