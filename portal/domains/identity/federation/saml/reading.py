"""Reading an answer before anything in it is believed: a small document without tricks, with one signed assertion.

All of it is looked at before the signature is computed: transforms of the attacker's choice are never run.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from lxml import etree

from portal.domains.identity.federation.saml.names import CANONICAL, DIGESTS, NS, SIGNATURES, TRANSFORMS, A, P
from portal.domains.identity.federation.vouching import Unbelievable

LARGEST = 256 * 1024
"""Characters of an answer; usual ones have ten thousand."""


def document(text: bytes) -> Any:
    """The root of an XML document without document type, entities, comments and processing instructions. Raises
    Unbelievable."""
    quiet = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text, quiet)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unbelievable(f"not XML: {error}") from error
    about = root.getroottree().docinfo
    if about.doctype or about.internalDTD is not None or about.externalDTD is not None:
        raise Unbelievable("a document type")
    # A signature does not cover comments: whoever adds one splits a name for readers that stop there.
    if root.getroottree().xpath("//comment() | //processing-instruction()"):
        raise Unbelievable("a comment or an instruction")
    return root


def response(encoded: str) -> Any:
    """The root of an answer: a Response. Raises Unbelievable."""
    if not 0 < len(encoded) <= LARGEST or not encoded.isascii():
        raise Unbelievable("no answer, or too long a one")
    try:
        text = base64.b64decode("".join(encoded.split()), validate=True)
    except binascii.Error as error:
        raise Unbelievable("not base64") from error
    root = document(text)
    if root.tag != f"{{{P}}}Response":
        raise Unbelievable("no Response")
    return root


def assertion(root: Any) -> Any:
    """The only assertion in the whole document, where it belongs, signed by itself. Raises Unbelievable."""
    if root.xpath("//a:EncryptedAssertion", namespaces=NS):
        raise Unbelievable("an encrypted assertion")
    everywhere = root.xpath("//a:Assertion", namespaces=NS)
    if len(everywhere) != 1 or everywhere[0].getparent() is not root:
        raise Unbelievable(f"{len(everywhere)} assertions, or not where one belongs")
    ids = root.xpath("//@ID")
    if len(ids) != len(set(ids)):
        raise Unbelievable("an ID twice")
    one = everywhere[0]
    signatures = root.xpath("//ds:Signature", namespaces=NS)
    if [s.getparent() for s in signatures].count(one) != 1:
        raise Unbelievable("the assertion is not signed")
    for signature in signatures:
        if signature.getparent() not in (root, one):
            raise Unbelievable("a signature where none belongs")
        _check_signature(signature)
    return one


def text_of(found: Iterable[Any]) -> str:
    """The whole text of the first of these; empty if there is none."""
    first = next(iter(found), None)
    return "" if first is None else "".join(first.itertext()).strip()


def attributes(one: Any) -> dict[str, str]:
    """The first value of each attribute, by its name and, where nothing else is called so, by its friendly name."""
    told: dict[str, str] = {}
    friendly: dict[str, str] = {}
    for attribute in one.iterfind("a:AttributeStatement/a:Attribute", NS):
        value = text_of(attribute.iterfind(f"{{{A}}}AttributeValue"))
        told.setdefault(attribute.get("Name", ""), value)
        friendly.setdefault(attribute.get("FriendlyName", ""), value)
    return {**friendly, **told}


def _check_signature(signature: Any) -> None:
    references = signature.xpath(".//ds:Reference", namespaces=NS)
    signed = signature.getparent()
    if len(references) != 1 or not signed.get("ID") or references[0].get("URI") != f"#{signed.get('ID')}":
        raise Unbelievable("the signature is about something else")
    if signature.xpath("./ds:Object", namespaces=NS):
        raise Unbelievable("the signature carries something")
    for path, known in (
        ("ds:SignedInfo/ds:CanonicalizationMethod", CANONICAL),
        ("ds:SignedInfo/ds:SignatureMethod", SIGNATURES),
        (".//ds:DigestMethod", DIGESTS),
        (".//ds:Transform", TRANSFORMS),
    ):
        used = {method.get("Algorithm") for method in signature.xpath(path, namespaces=NS)}
        if not used or not used <= known:
            raise Unbelievable(f"signed with {', '.join(sorted(str(one) for one in used - known)) or 'nothing'}")
