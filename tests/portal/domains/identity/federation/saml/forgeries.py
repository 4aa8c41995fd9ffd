"""Answers that open nothing, each a change to an honest one; printed as the table of docs/sign-in.md."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lxml import etree
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Known

from tests.support.saml import NS, Facts, Idp, Pair

Told = Callable[[Idp, Facts], str]
EVIL = "somebody-else"
STRANGER = Pair.new()


@dataclass(frozen=True)
class Forgery:
    """`told` makes the Response. `by_library`: python3-saml in its strict mode refuses it by itself."""

    what: str
    asvs: str
    by_library: bool
    because: str
    """What our log says of it: refused for this reason and no other."""
    told: Told


def says(**changes: Any) -> Told:
    """An answer that is signed as it should be and says something else; a callable is told the facts."""

    def told(idp: Idp, facts: Facts) -> str:
        for name, value in changes.items():
            setattr(facts, name, value(facts) if callable(value) else value)
        return idp.honest(facts)

    return told


def unsigned(_idp: Idp, facts: Facts) -> str:
    return facts.response_xml(facts.assertion_xml())


def only_the_response(idp: Idp, facts: Facts) -> str:
    return idp.signed(unsigned(idp, facts))


def another_key(idp: Idp, facts: Facts) -> str:
    return facts.response_xml(idp.signed(facts.assertion_xml(), STRANGER))


def sha1(idp: Idp, facts: Facts) -> str:
    return facts.response_xml(idp.signed(facts.assertion_xml(), None, Known.RSA_SHA1, Known.SHA1))


def sha1_digest(idp: Idp, facts: Facts) -> str:
    return facts.response_xml(idp.signed(facts.assertion_xml(), hashed=Known.SHA1))


def changed_after_signing(idp: Idp, facts: Facts) -> str:
    return idp.honest(facts).replace("person-1", EVIL)


def split_by_a_comment(idp: Idp, facts: Facts) -> str:
    facts.subject = "person-1.evil.example"
    return idp.honest(facts).replace("person-1.evil", "person-1<!-- -->.evil")


def with_an_instruction(idp: Idp, facts: Facts) -> str:
    return idp.honest(facts).replace("<samlp:Status>", "<?xml-stylesheet href='x'?><samlp:Status>")


def with_a_document_type(idp: Idp, facts: Facts) -> str:
    return "<!DOCTYPE Response>" + idp.honest(facts)


def with_an_entity(idp: Idp, facts: Facts) -> str:
    head = '<!DOCTYPE r [<!ENTITY who SYSTEM "file:///etc/hostname">]>'
    return head + idp.honest(facts).replace(">person-1<", ">&who;<")


def with_a_bomb(idp: Idp, facts: Facts) -> str:
    names = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10)]
    return f"<!DOCTYPE r [{''.join(names)}]>" + idp.honest(facts).replace(">person-1<", ">&e9;<")


def twice(idp: Idp, facts: Facts) -> str:
    signed = idp.signed(facts.assertion_xml())
    return facts.response_xml(signed + signed)


def encrypted(idp: Idp, facts: Facts) -> str:
    return facts.response_xml("<saml:EncryptedAssertion/>")


def wrapped(wrap: Callable[[Any, Any, Any], None]) -> Told:
    """Of an honest answer: its root, the signed assertion in it, and a forged copy without a signature."""

    def told(idp: Idp, facts: Facts) -> str:
        root = etree.fromstring(idp.honest(facts))
        signed = root.find("saml:Assertion", NS)
        forged = copy.deepcopy(signed)
        forged.remove(forged.find("ds:Signature", NS))
        forged.find("saml:Subject/saml:NameID", NS).text = EVIL
        forged.set("ID", "_forged")
        wrap(root, signed, forged)
        return etree.tostring(root).decode()

    return told


def before(root: Any, signed: Any, forged: Any) -> None:
    signed.addprevious(forged)


def after(root: Any, signed: Any, forged: Any) -> None:
    root.append(forged)


def around(root: Any, signed: Any, forged: Any) -> None:
    root.replace(signed, forged)
    forged.append(signed)


def in_its_signature(root: Any, signed: Any, forged: Any) -> None:
    """The forged one carries the signature, and that carries what it is about."""
    signature = signed.find("ds:Signature", NS)
    signed.remove(signature)
    root.replace(signed, forged)
    forged.find("saml:Issuer", NS).addnext(signature)
    etree.SubElement(signature, f"{{{NS['ds']}}}Object").append(signed)


def in_extensions(root: Any, signed: Any, forged: Any) -> None:
    """The signed one where nobody looks, a forged one of the same ID where everybody does."""
    aside = etree.Element(f"{{{NS['samlp']}}}Extensions")
    root.find("saml:Issuer", NS).addnext(aside)
    forged.set("ID", signed.get("ID"))
    root.replace(signed, forged)
    aside.append(signed)


def algorithm(path: str, name: str) -> Told:
    def told(idp: Idp, facts: Facts) -> str:
        root = etree.fromstring(idp.honest(facts))
        root.find(f".//ds:{path}", NS).set("Algorithm", name)
        return etree.tostring(root).decode()

    return told


def ago(**how: float) -> Callable[[Facts], Any]:
    return lambda facts: facts.now - timedelta(**how)


def ahead(**how: float) -> Callable[[Facts], Any]:
    return lambda facts: facts.now + timedelta(**how)


ELSEWHERE = "https://evil.example/acs"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
HMAC = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
SENDER = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"
DENIED = "urn:oasis:names:tc:SAML:2.0:status:Responder"

FORGERIES = [
    Forgery("a forged assertion before the signed one", "6.8.2", True, "2 assertions", wrapped(before)),
    Forgery("a forged assertion after the signed one", "6.8.2", True, "2 assertions", wrapped(after)),
    Forgery("a forged assertion around the signed one", "6.8.2", True, "2 assertions", wrapped(around)),
    Forgery("a forged one with the signature of another", "6.8.2", True, "2 assertions", wrapped(in_its_signature)),
    Forgery("a forged one, the signed one in Extensions", "6.8.2", True, "2 assertions", wrapped(in_extensions)),
    Forgery("unsigned", "6.8.2", True, "not signed", unsigned),
    Forgery("signed by another key", "6.8.2", True, "Signature validation failed", another_key),
    Forgery("changed after it was signed", "6.8.2", True, "Signature validation failed", changed_after_signing),
    Forgery("only the Response is signed", "6.8.2", True, "not signed", only_the_response),
    Forgery("signed with SHA-1", "6.8.2", True, "rsa-sha1", sha1),
    Forgery("a digest of SHA-1", "6.8.2", True, "#sha1", sha1_digest),
    Forgery("Recipient is somebody else", "6.8.3", True, "Recipient", says(recipient=ELSEWHERE)),
    Forgery("Destination is somebody else", "6.8.3", True, "Destination", says(destination=ELSEWHERE)),
    Forgery("the audience is somebody else", "6.8.3", True, "audience", says(audience="https://evil.example")),
    Forgery("the issuer is somebody else", "6.8.2", True, "Issuer", says(assertion_issuer="https://evil.example")),
    Forgery("the status is a refusal", "6.8.2", True, "status", says(status=DENIED)),
    Forgery("another InResponseTo", "6.8.3", True, "InResponseTo is", says(request="_other")),
    Forgery("another InResponseTo of the subject", "6.8.3", True, "the subject", says(subject_request="_other")),
    Forgery("expired ten minutes ago", "6.8.3", True, "Conditions is over", says(until=ago(minutes=10))),
    Forgery("not yet valid", "6.8.3", True, "Conditions is not yet", says(not_before=ahead(minutes=10))),
    Forgery("a document type", "1.5.1", True, "document type", with_a_document_type),
    Forgery("an entity that reads a file", "1.5.1", True, "document type", with_an_entity),
    Forgery("entities that grow", "1.5.1", True, "document type|not XML", with_a_bomb),
    Forgery("the same assertion twice", "6.8.2", True, "2 assertions", twice),
    Forgery("not for whoever brings it", "6.8.3", True, "by bearer", says(method=SENDER)),
    Forgery("too late for whoever brings it", "6.8.3", True, "Data is over", says(subject_until=ago(minutes=1))),
    Forgery("an encrypted assertion", "6.8.2", True, "encrypted", encrypted),
    Forgery("HMAC with the certificate as secret", "6.8.2", True, "hmac", algorithm("SignatureMethod", HMAC)),
    Forgery("a transform that runs a program", "1.5.1", True, "xslt", algorithm("Transform", XSLT)),
    Forgery("the session there is over", "6.8.3", True, "session there", says(session_until=ago(minutes=1))),
    Forgery("a name split by a comment", "1.5.1", False, "comment", split_by_a_comment),
    Forgery("a processing instruction", "1.5.1", False, "instruction", with_an_instruction),
    Forgery("no Destination", "6.8.3", False, "Destination is None", says(destination=None)),
    Forgery("Destination begins like ours", "6.8.3", False, "Destination", says(destination=lambda f: f"{f.acs}/evil")),
    Forgery("no Recipient", "6.8.3", False, "Recipient is None", says(recipient=None)),
    Forgery("Recipient has ours in it", "6.8.3", False, "Recipient", says(recipient=lambda f: f"{ELSEWHERE}?{f.acs}")),
    Forgery("no InResponseTo", "6.8.3", False, "InResponseTo is None", says(request=None, subject_request=None)),
    Forgery("no InResponseTo of the subject", "6.8.3", False, "the subject is None", says(subject_request=None)),
    Forgery("no audience", "6.8.3", False, r"audience is \[\]", says(audience=None)),
    Forgery("expired two minutes ago", "6.8.3", False, "Conditions is over", says(until=ago(minutes=2))),
    Forgery("valid in two minutes", "6.8.3", False, "Conditions is not yet", says(not_before=ahead(minutes=2))),
    Forgery("good for ever", "6.8.3", False, "no usable NotOnOrAfter", says(subject_until=None)),
    Forgery("older than the question", "6.8.3", False, "IssueInstant", says(made=ago(hours=1))),
    Forgery("signed in there tomorrow", "6.8.3", False, "AuthnInstant", says(signed_in=ahead(days=1))),
    Forgery("a name of this visit only", "6.8.2", False, "format", says(format=TRANSIENT)),
]
