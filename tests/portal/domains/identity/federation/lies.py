"""The 25 answers of a hostile provider, each a change to an honest one; printed as the table of docs/sign-in.md."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support import hostile
from tests.support.hostile import CLIENT, Hostile

Change = Callable[[Hostile], Any]


@dataclass(frozen=True)
class Lie:
    """`change` makes the provider lie; `way_back` changes what the browser brings, None takes a word out."""

    what: str
    asvs: str
    by_authlib: bool
    """Whether Authlib's own client refuses it."""
    because: str
    """What our log says of it: refused for this reason and no other."""
    change: Change = lambda _liar: None
    way_back: tuple[tuple[str, str | None], ...] = ()
    max_age: int | None = None


def claims(**changes: Any) -> Change:
    """Other claims; None takes one out. A callable is told the present second."""

    def change(told: dict[str, Any]) -> None:
        for name, value in changes.items():
            told.pop(name, None)
            if value is not None:
                told[name] = value(int(time.time())) if callable(value) else value

    return lambda liar: setattr(liar, "claims", change)


def header(**changes: Any) -> Change:
    return lambda liar: liar.header.update(changes)


def foreign_key(liar: Hostile) -> None:
    key = hostile.other_key()
    liar.sign = lambda header, claims: liar.signed(header, claims, key=key)


def unknown_kid(liar: Hostile) -> None:
    key = hostile.other_key()
    liar.sign = lambda header, claims: liar.signed({**header, "kid": "nobody"}, claims, key=key)


def key_in_the_header(liar: Hostile) -> None:
    key = hostile.other_key()
    jwk = key.as_dict(private=False)
    liar.sign = lambda header, claims: liar.signed({**header, "jwk": jwk}, claims, key=key)


def public_key_as_secret(liar: Hostile) -> None:
    key = hostile.rsa_key()
    liar.published = [liar.key, key]
    liar.metadata["id_token_signing_alg_values_supported"] = ["RS256", "HS256"]
    secret = key.as_pem(private=False)
    liar.sign = lambda header, claims: hostile.by_secret(secret, {**header, "kid": "rsa"}, claims)


def another_issuer(liar: Hostile) -> None:
    liar.metadata["issuer"] = "https://evil.example"
    claims(iss="https://evil.example")(liar)


def unsigned(liar: Hostile) -> None:
    claims(at_hash=None)(liar)
    liar.metadata["id_token_signing_alg_values_supported"] = ["ES256", "none"]
    liar.sign = hostile.unsigned


def changed_after_signing(liar: Hostile) -> None:
    def sign(header: dict[str, Any], claims: dict[str, Any]) -> str:
        head, _, signature = liar.signed(header, claims).split(".")
        body = liar.signed(header, {**claims, "sub": "somebody else"}).split(".")[1]
        return f"{head}.{body}.{signature}"

    liar.sign = sign


def no_id_token(liar: Hostile) -> None:
    liar.token = lambda token: token.pop("id_token")


LIES = [
    Lie("the issuer is another one", "10.5.3", True, "iss", claims(iss="https://evil.example")),
    Lie("the audience is somebody else, no azp", "10.5.4", True, "azp", claims(aud="other")),
    Lie("azp is somebody else", "10.5.4", True, "azp", claims(azp="other")),
    Lie("another nonce", "10.5.1", True, "nonce", claims(nonce="another")),
    Lie("expired", "9.2.1", True, "expired", claims(exp=lambda now: now - 600)),
    Lie("made in the future", "9.2.1", True, "in the future", claims(iat=lambda now: now + 600)),
    Lie("no subject", "10.3.3", True, "sub", claims(sub=None)),
    Lie("at_hash of another access token", "10.5.1", True, "at_hash", claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA")),
    Lie("signed by another key of the same kid", "9.1.1", True, "BadSignature", foreign_key),
    Lie("signed by a key nobody published", "9.1.3", True, "InvalidKeyId", unknown_kid),
    Lie("brings its key in the header", "9.1.3", True, "BadSignature", key_in_the_header),
    Lie("HS256 with the public key as secret", "9.1.2", True, "Algorithm", public_key_as_secret),
    Lie("changed after it was signed", "9.1.1", True, "BadSignature", changed_after_signing),
    Lie("another state", "10.1.2", True, "another state", way_back=(("state", "another"),)),
    Lie(
        "the discovery document is another issuer's",
        "10.5.3",
        False,
        "says it is",
        another_issuer,
    ),
    Lie("the audience is somebody else, azp is us", "10.5.4", False, "aud is", claims(aud="other", azp=CLIENT)),
    Lie("one audience too many", "10.5.4", False, "aud is", claims(aud=[CLIENT, "other"], azp=CLIENT)),
    Lie("expired 90 seconds ago", "9.2.1", False, "expired", claims(exp=lambda now: now - 90)),
    Lie(
        "an old sign-in where a fresh one was asked for",
        "6.8.4",
        False,
        "older than was asked",
        claims(auth_time=lambda now: now - 3600),
        max_age=60,
    ),
    Lie("an access token in place of an ID token", "9.2.2", False, "typ is", header(typ="at+jwt")),
    Lie("a logout token in place of an ID token", "9.2.2", False, "typ is", header(typ="logout+jwt")),
    Lie("unsigned, and advertised as such", "9.1.2", False, "Algorithm", unsigned),
    Lie("no ID token", "10.5.1", False, "no token", no_id_token),
    Lie("no iss on the way back, though promised", "10.2.2", False, "comes from here", way_back=(("iss", None),)),
    Lie(
        "iss of another provider on the way back",
        "10.2.2",
        False,
        "comes from here",
        way_back=(("iss", "https://evil.example"),),
    ),
]
