"""Grants: what somebody allowed an app. Whatever ends one ends every token that came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.domains.identity.models import Account
from portal.domains.identity.tokens.models import Client, Grant
from portal.domains.identity.tokens.scopes import SCOPES
from portal.kernel import questions
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

STANDS = """
SELECT 1 FROM accounts
WHERE id = %(account_id)s AND disabled_at IS NULL AND (valid_from IS NULL OR valid_from <= %(issued)s)
  AND (CAST(%(grant_id)s AS uuid) IS NULL OR EXISTS (
      SELECT 1 FROM oauth_grants
      WHERE id = CAST(%(grant_id)s AS uuid) AND account_id = %(account_id)s AND revoked_at IS NULL
  ))
"""


@dataclass(frozen=True)
class ConnectedApp:
    """An app that may act for somebody: since when, when it last got a token, and for what (scopes)."""

    client_id: str
    name: str
    since: datetime
    used_at: datetime
    scopes: tuple[str, ...]


def own_grant(tx: Tx, client: Client, *, now: datetime) -> Grant:
    """The grant in which a partner acts for its own account; opened the first time. The client has an account."""
    values = {"kind": "client", "account_id": client.account_id, "client_id": client.id, "scope": client.scope}
    made = insert(Grant).values(values | {"granted_at": now, "used_at": now}).on_conflict_do_nothing()
    tx.execute(made)
    mine = (Grant.client_id == client.id, Grant.kind == "client", Grant.revoked_at.is_(None))
    return tx.scalars(update(Grant).where(*mine).values(used_at=now).returning(Grant)).one()


def is_open(grant: Grant, *, now: datetime) -> bool:
    """Whether tokens may still come of it."""
    return grant.revoked_at is None and (grant.expires_at is None or grant.expires_at > now)


def revoke_grant(tx: Tx, grant_id: UUID, *, because: str, now: datetime) -> None:
    """Ends a grant; one that has ended already keeps its reason."""
    ended = update(Grant).where(Grant.id == grant_id, Grant.revoked_at.is_(None))
    tx.execute(ended.values(revoked_at=now, revoked_because=because))


def connected_apps(tx: Tx, account_id: UUID, *, now: datetime) -> Sequence[ConnectedApp]:
    """The apps this person allowed something, the last used first. A partner's own grant is its own affair."""
    open_ones = (Grant.account_id == account_id, Grant.kind == "code", Grant.revoked_at.is_(None))
    rows = tx.execute(
        select(
            Client.id,
            Client.name,
            func.min(Grant.granted_at),
            func.max(Grant.used_at),
            func.string_agg(Grant.scope, " "),
        )
        .join(Grant, Grant.client_id == Client.id)
        .where(*open_ones, Grant.expires_at > now)
        .group_by(Client.id)
        .order_by(func.max(Grant.used_at).desc())
    )
    return [
        ConnectedApp(client, name, since, used, tuple(scope for scope in SCOPES if scope in set(scopes.split())))
        for client, name, since, used, scopes in rows
    ]


def disconnect(tx: Tx, account_id: UUID, client_id: str, *, now: datetime) -> None:
    """Takes back everything this person allowed the app. Raises NotFound where there was nothing."""
    mine = (Grant.account_id == account_id, Grant.client_id == client_id, Grant.kind == "code")
    ended = update(Grant).where(*mine, Grant.revoked_at.is_(None)).returning(Grant.id)
    if not tx.scalars(ended.values(revoked_at=now, revoked_because="disconnected by its owner")).all():
        raise NotFound


def end_all_tokens(tx: Tx, account_id: UUID, *, because: str, now: datetime) -> None:
    """Ends every token of an account: its grants, and access tokens that are out already. Raises NotFound."""
    changed = update(Account).where(Account.id == account_id).values(valid_from=now).returning(Account.id)
    if tx.scalar(changed) is None:
        raise NotFound
    mine = (Grant.account_id == account_id, Grant.revoked_at.is_(None))
    tx.execute(update(Grant).where(*mine).values(revoked_at=now, revoked_because=because))


def still_stands(tx: Tx, account_id: UUID, *, grant_id: UUID | None, issued_at: int) -> bool:
    """Whether what a good signature says is still so: the account open, its tokens not ended since, the grant not
    revoked. `issued_at` is the token's iat, in seconds; one of the very second in which the tokens were ended is over.
    """
    return questions.answer(tx, stands_question(account_id, grant_id=grant_id, issued_at=issued_at))


def stands_question(account_id: UUID, *, grant_id: UUID | None, issued_at: int) -> questions.Question[bool]:
    """The same for whoever has more to ask."""
    issued = datetime.fromtimestamp(issued_at, tz=UTC)
    return questions.Question(STANDS, {"account_id": account_id, "grant_id": grant_id, "issued": issued}, bool)
