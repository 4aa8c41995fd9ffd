"""Issuing an access token: who it is for, what it is good for, and until when, signed by this portal."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from joserfc import jwt

from portal.domains.identity.tokens.keys import ALGORITHM, signing_key
from portal.domains.identity.tokens.vouched import vouched
from portal.domains.identity.vault import Vault
from portal.kernel.db import Tx
from portal.kernel.ids import new_id

TYPE = "at+jwt"


def issuer_of(base_url: str) -> str:
    """Who issues the tokens of the portal at this address (RFC 8414: without a slash at the end)."""
    return base_url.rstrip("/")


def audience_of(base_url: str) -> str:
    """What the tokens are for: the API of the portal at this address."""
    return f"{issuer_of(base_url)}/api/v1"


def issue_access_token(
    tx: Tx,
    vault: Vault,
    *,
    account_id: UUID,
    client_id: str,
    scope: str,
    base_url: str,
    now: datetime,
    lifetime: timedelta,
    auth_time: datetime | None = None,
    shown: Iterable[str] = (),
    grant_id: UUID | None = None,
) -> str:
    """A JWT as RFC 9068 has it. `scope` is granted already; `auth_time` is when the person last showed who they are,
    if they did, and `shown` how; `grant_id` names what it came of, so that it can be taken back with that."""
    key = signing_key(tx, vault, now=now)
    claims: dict[str, object] = {
        "iss": issuer_of(base_url),
        "aud": audience_of(base_url),
        "sub": str(account_id),
        "client_id": client_id,
        "scope": scope,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
        "jti": str(new_id()),
    }
    if grant_id is not None:
        claims["grant_id"] = str(grant_id)
    if auth_time is not None:
        claims |= {"auth_time": int(auth_time.timestamp())} | vouched(shown)
    return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])
