"""Tokens for other channels: access tokens are short JWTs (RFC 9068) that a server checks by their signature; what they
come of (clients, consents, codes, refresh tokens) is kept in tables and can be taken back."""

from portal.domains.identity.tokens.access import audience_of, issue_access_token, issuer_of
from portal.domains.identity.tokens.checking import AccessTokenValidator
from portal.domains.identity.tokens.clients import (
    ClientTaken,
    clients,
    close_client,
    find_client,
    is_redirect_uri,
    knows_secret,
    leads_to,
    register_client,
)
from portal.domains.identity.tokens.codes import give_code, take_code, use_code
from portal.domains.identity.tokens.forgetting import forget_ended
from portal.domains.identity.tokens.grants import (
    ConnectedApp,
    connected_apps,
    disconnect,
    end_all_tokens,
    is_open,
    own_grant,
    revoke_grant,
    stands_question,
    still_stands,
)
from portal.domains.identity.tokens.keyring import KNOWN_FOR, KeyRing
from portal.domains.identity.tokens.keys import published_keys, signing_key
from portal.domains.identity.tokens.models import Client, Code, Grant, RefreshToken
from portal.domains.identity.tokens.refreshing import (
    Taken,
    find_refresh_token,
    new_refresh_token,
    take_refresh_token,
    use_refresh_token,
)
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
    "Client",
    "ClientTaken",
    "Code",
    "ConnectedApp",
    "Grant",
    "KeyRing",
    "KeyState",
    "NextIsWaiting",
    "RefreshToken",
    "Scope",
    "Taken",
    "audience_of",
    "clients",
    "close_client",
    "connected_apps",
    "disconnect",
    "end_all_tokens",
    "find_client",
    "find_refresh_token",
    "forget_ended",
    "give_code",
    "granted_scope",
    "is_open",
    "is_redirect_uri",
    "issue_access_token",
    "issuer_of",
    "key_states",
    "knows_secret",
    "leads_to",
    "new_refresh_token",
    "own_grant",
    "published_keys",
    "register_client",
    "replace",
    "revoke_grant",
    "rotate",
    "signing_key",
    "stands_question",
    "still_stands",
    "take_code",
    "take_refresh_token",
    "use_code",
    "use_refresh_token",
]
