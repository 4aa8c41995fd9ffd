"""What we say: the question a browser takes to the provider, and our metadata for whoever runs the provider."""

import base64
import zlib
from datetime import UTC, datetime
from urllib.parse import urlencode

from lxml import etree

from portal.domains.identity.federation.saml.names import NS, POST, A, M, P


def question(
    *, id: str, now: datetime, sso_url: str, acs: str, audience: str, name_id: str, acr: frozenset[str], again: bool
) -> bytes:
    """An AuthnRequest. `again`: the person is to type something there, whatever session they have."""
    root = etree.Element(
        f"{{{P}}}AuthnRequest",
        {
            "ID": id,
            "Version": "2.0",
            "IssueInstant": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": sso_url,
            "AssertionConsumerServiceURL": acs,
            "ProtocolBinding": POST,
            **({"ForceAuthn": "true"} if again else {}),
        },
        nsmap={"samlp": P, "saml": A},
    )
    etree.SubElement(root, f"{{{A}}}Issuer").text = audience
    if name_id:
        etree.SubElement(root, f"{{{P}}}NameIDPolicy", {"Format": name_id, "AllowCreate": "true"})
    if acr:
        wanted = etree.SubElement(root, f"{{{P}}}RequestedAuthnContext", {"Comparison": "exact"})
        for one in sorted(acr):
            etree.SubElement(wanted, f"{{{A}}}AuthnContextClassRef").text = one
    return etree.tostring(root)


def redirect(sso_url: str, asked: bytes, relay_state: str) -> str:
    """The address that carries a question (HTTP-Redirect: raw deflate, base64)."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = base64.b64encode(press.compress(asked) + press.flush()).decode()
    words = urlencode({"SAMLRequest": packed, "RelayState": relay_state})
    return f"{sso_url}{'&' if '?' in sso_url else '?'}{words}"


def metadata(*, audience: str, acs: str, name_id: str) -> bytes:
    """Our EntityDescriptor: who we are, where answers go, and that assertions are to be signed."""
    root = etree.Element(f"{{{M}}}EntityDescriptor", {"entityID": audience}, nsmap={None: M})
    ours = etree.SubElement(
        root,
        f"{{{M}}}SPSSODescriptor",
        {"protocolSupportEnumeration": NS["p"], "AuthnRequestsSigned": "false", "WantAssertionsSigned": "true"},
    )
    if name_id:
        etree.SubElement(ours, f"{{{M}}}NameIDFormat").text = name_id
    etree.SubElement(
        ours,
        f"{{{M}}}AssertionConsumerService",
        {"Binding": POST, "Location": acs, "index": "0", "isDefault": "true"},
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
