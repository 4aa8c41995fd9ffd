"""Refresh tokens: each works once and brings the next; one that comes twice ends all that came of the same consent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.domains.identity.models import Account
from portal.domains.identity.tokens.grants import is_open, revoke_grant
from portal.domains.identity.tokens.models import Grant, RefreshToken
from portal.domains.identity.tokens.secrets import digest, new_secret
from portal.kernel.db import Tx


@dataclass(frozen=True)
class Taken:
    """A refresh token and the grant it came of."""

    token: RefreshToken
    grant: Grant


def new_refresh_token(tx: Tx, grant_id: UUID, *, now: datetime) -> str:
    """The next refresh token of the grant."""
    token = new_secret("rt")
    tx.add(RefreshToken(token_hash=digest(token), grant_id=grant_id, issued_at=now))
    tx.flush()
    return token


def take_refresh_token(tx: Tx, token: str, *, client_id: str, now: datetime) -> Taken | None:
    """The token and its grant, if this client may use it now; None otherwise.

    Thirty who come with the same token wait here for each other: the first one gets it, the second ends the grant. The
    thief and the owner cannot be told apart, so neither goes on (RFC 9700, 4.14).
    """
    found = tx.scalars(select(RefreshToken).where(RefreshToken.token_hash == digest(token))).one_or_none()
    if found is None:
        return None
    grant = tx.scalars(select(Grant).where(Grant.id == found.grant_id).with_for_update()).one()
    tx.refresh(found)  # as it is now that nobody else can change it
    tx.refresh(grant)
    if grant.client_id != client_id:
        return None
    if found.used_at is not None:
        revoke_grant(tx, grant.id, because="refresh token sent twice", now=now)
        return None
    account = tx.get(Account, grant.account_id)
    if account is None or not account.is_active or not is_open(grant, now=now):
        return None
    return Taken(found, grant)


def find_refresh_token(tx: Tx, token: str) -> Taken | None:
    """The token and its grant as they are, good or not; None for one we never gave."""
    found = tx.scalars(select(RefreshToken).where(RefreshToken.token_hash == digest(token))).one_or_none()
    return Taken(found, tx.get_one(Grant, found.grant_id)) if found else None


def use_refresh_token(tx: Tx, taken: Taken, *, now: datetime) -> str:
    """Uses the token up; answers the next one, which ends when the first would have."""
    taken.token.used_at = taken.grant.used_at = now
    return new_refresh_token(tx, taken.grant.id, now=now)
