"""Access tokens: short JWTs (RFC 9068) that a server checks by their signature, without asking anybody."""

from portal.domains.identity.tokens.access import audience_of, issue_access_token, issuer_of
from portal.domains.identity.tokens.checking import AccessTokenValidator
from portal.domains.identity.tokens.keyring import KNOWN_FOR, KeyRing
from portal.domains.identity.tokens.keys import published_keys, signing_key
from portal.domains.identity.tokens.rotation import (
    KNOWN_BEFORE,
    LONGEST_TOKEN,
    KeyState,
    NextIsWaiting,
    key_states,
    replace,
    rotate,
)
from portal.domains.identity.tokens.scopes import SCOPES, Scope, granted_scope

__all__ = [
    "KNOWN_BEFORE",
    "KNOWN_FOR",
    "LONGEST_TOKEN",
    "SCOPES",
    "AccessTokenValidator",
    "KeyRing",
    "KeyState",
    "NextIsWaiting",
    "Scope",
    "audience_of",
    "granted_scope",
    "issue_access_token",
    "issuer_of",
    "key_states",
    "published_keys",
    "replace",
    "rotate",
    "signing_key",
]
