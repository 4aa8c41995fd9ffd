"""Checking an access token as RFC 9068 asks, by Authlib's validator, made stricter where that one is polite."""

from typing import Any

from authlib.oauth2.rfc6750.errors import InvalidTokenError
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from portal.domains.identity.tokens.access import TYPE, audience_of, issuer_of
from portal.domains.identity.tokens.keyring import KeyRing
from portal.domains.identity.tokens.keys import ALGORITHM

LONGEST = 4096
"""Characters of a token: ours have about 600, and what is longer is not read."""


class AccessTokenValidator(JWTBearerTokenValidator):
    """Takes tokens that this portal signed for its API, of type at+jwt and no other, and that have not expired.

    Authlib lets a token pass that says no type, and any algorithm that fits the key; both are fixed here. What the
    header says about where to find the key (jku, jwk, x5u) is never looked at: the kid names one of ours.
    """

    def __init__(self, base_url: str, keys: KeyRing, *, realm: str) -> None:
        super().__init__(issuer_of(base_url), audience_of(base_url), realm=realm)
        self._keys = keys

    def authenticate_token(self, token_string: str) -> Any:
        if not self._is_ours(token_string):
            raise InvalidTokenError(realm=self.realm)
        return super().authenticate_token(token_string)

    def get_jwks(self) -> KeySet:
        return self._keys.keys

    def _is_ours(self, token_string: str) -> bool:
        """Whether it says of itself what our tokens say; whether that is true, the signature tells."""
        if len(token_string) > LONGEST or not token_string.isascii():
            return False
        try:
            header = extract_compact(token_string.encode()).headers()
        except JoseError:
            return False
        return (header.get("typ"), header.get("alg")) == (TYPE, ALGORITHM) and self._keys.knows(header.get("kid"))
