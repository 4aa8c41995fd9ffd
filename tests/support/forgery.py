"""Tokens that are not ours, each wrong in one way: the matrix of hostile tokens.

A forge takes the header, the claims and the private key of a token that is good, and answers what an attacker sends.
"""

import base64
import hmac
import json
import sys
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey

from portal.kernel import clock

Forge = Callable[[dict[str, Any], dict[str, Any], ECKey], str]

STRANGER = ECKey.generate_key("P-256")
THEIRS = STRANGER.as_dict(private=False)
EVIL = "https://evil.example/keys"


def signed(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    algorithm = header["alg"]
    return jwt.encode(header, claims, key, algorithms=[algorithm], default_type=None)


def bare(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join([*parts, signature])


def cut(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{signature[:-8]}AAAAAAAA"


def with_claims(**changed: Any) -> Forge:
    """A token of ours, with these claims instead; None leaves one out."""
    return lambda h, c, k: signed(h, {name: v for name, v in (c | changed).items() if v is not None}, k)


def with_header(**changed: Any) -> Forge:
    return lambda h, c, k: signed({name: v for name, v in (h | changed).items() if v is not None}, c, k)


def by_stranger(**header: Any) -> Forge:
    """Signed by somebody else, whose header says where to find the key to check it with."""
    return lambda h, c, k: by_hand(h | header, c)


def by_hand(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A good ES256 signature of the stranger's, whatever the header says."""
    signing = bare(header, claims).rstrip(".")
    r, s = decode_dss_signature(STRANGER.private_key.sign(signing.encode(), ECDSA(SHA256())))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"{signing}.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def keyed(header: dict[str, Any], claims: dict[str, Any], key: ECKey) -> str:
    """Signed with the public key as if it were a shared secret; by hand, because joserfc would not do it."""
    signing = bare(header, claims).rstrip(".")
    mac = hmac.digest(key.as_pem(private=False), signing.encode(), "sha256")
    return f"{signing}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


FORGED: dict[str, dict[str, Forge]] = {
    "9.1.1 signature": {
        "no signature": lambda h, c, k: bare(h, c),
        "another key, our kid": lambda h, c, k: signed(h, c, STRANGER),
        "another key, its own kid": lambda h, c, k: signed(h | {"kid": STRANGER.thumbprint()}, c, STRANGER),
        "bad signature": lambda h, c, k: cut(signed(h, c, k)),
        "all zeros": lambda h, c, k: bare(h, c, "A" * 86),
        "another's claims": lambda h, c, k: bare(h, c | {"sub": "x"}, signed(h, c, k).rsplit(".", 1)[1]),
        "no kid": with_header(kid=None),
        "kid of a file": with_header(kid="../../../dev/null"),
        "kid of a query": with_header(kid="' OR '1'='1"),
        "kid that is a list": lambda h, c, k: bare(h | {"kid": [h["kid"]]}, c, signed(h, c, k).rsplit(".", 1)[1]),
    },
    "9.1.2 algorithm": {
        "alg none": lambda h, c, k: bare(h | {"alg": "none"}, c),
        "alg None": lambda h, c, k: bare(h | {"alg": "None"}, c),
        "alg nOnE with our signature": lambda h, c, k: bare(h | {"alg": "nOnE"}, c, signed(h, c, k).rsplit(".", 1)[1]),
        "HS256 with the public key": lambda h, c, k: keyed(h | {"alg": "HS256"}, c, k),
        "no algorithm": lambda h, c, k: bare({"typ": h["typ"], "kid": h["kid"]}, c, "AAAA"),
    },
    "9.1.3 keys from outside": {
        "jwk sent along": by_stranger(jwk=THEIRS),
        "jwk sent along, its own kid": by_stranger(jwk=THEIRS, kid=STRANGER.thumbprint()),
        "jku": by_stranger(jku=EVIL),
        "x5u": by_stranger(x5u=EVIL),
        "x5c": by_stranger(x5c=["MIIB"]),
        "crit that nobody knows": by_stranger(crit=["exp"]),
    },
    "9.2.1 times": {
        "expired": with_claims(exp=1_700_000_000),
        "expired this second": lambda h, c, k: signed(h, c | {"exp": int(clock.now().timestamp())}, k),
        "not yet valid": with_claims(nbf=4_000_000_000),
        "issued in the future": with_claims(iat=4_000_000_000),
        "never expires": with_claims(exp=None),
        "exp in words": with_claims(exp="tomorrow"),
        "no iat": with_claims(iat=None),
    },
    "9.2.2 type": {
        "an ID token": with_header(typ="JWT"),
        "a refresh token": with_header(typ="rt+jwt"),
        "a logout token": with_header(typ="logout+jwt"),
        "no type": with_header(typ=None),
        "a refresh token of ours": lambda h, c, k: "jari_rt_" + "A" * 43,
    },
    "9.2.3 audience and issuer": {
        "foreign audience": with_claims(aud="https://elsewhere.example/api/v1"),
        "no audience": with_claims(aud=None),
        "the site, not its API": with_claims(aud="http://localhost"),
        "foreign issuer": with_claims(iss="https://elsewhere.example"),
        "no issuer": with_claims(iss=None),
    },
    "10.3.3 subject": {
        "no subject": with_claims(sub=None),
        "a subject that is no account": with_claims(sub="01900000-0000-7000-8000-000000000000"),
        "a subject that is no id": with_claims(sub="root"),
        "a subject that is a number": with_claims(sub=5),
        "no client": with_claims(client_id=None),
        "no jti": with_claims(jti=None),
        "a grant there is none of": with_claims(grant_id="01900000-0000-7000-8000-000000000000"),
        "a grant that is no id": with_claims(grant_id="everything"),
        "a grant that is a list": with_claims(grant_id=["x"]),
    },
    "2.2.1 form": {
        "nothing": lambda h, c, k: "",
        "not a token": lambda h, c, k: "hello",
        "dots": lambda h, c, k: "..",
        "too many dots": lambda h, c, k: signed(h, c, k) + ".AAAA",
        "not ASCII": lambda h, c, k: "é.é.é",
        "a header that is a list": lambda h, c, k: "W10.e30.AAAA",
        "brackets": lambda h, c, k: base64.urlsafe_b64encode(b"[" * 2500).decode() + ".e30.AAAA",
        "very long": lambda h, c, k: signed(h, c | {"x": "x" * 5000}, k),
    },
}
"""ASVS id and subject -> what it is -> how it is made."""


def table() -> str:
    """The matrix as docs/tokens.md shows it."""
    rows = [f"| {group} | {', '.join(made)} |" for group, made in FORGED.items()]
    return "\n".join(["| ASVS 5.0 | refused, each with 401 |", "| --- | --- |", *rows]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
