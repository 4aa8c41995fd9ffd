"""Authorization codes: given to an app by way of the browser, good once, for a minute, for one client and address."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from portal.domains.identity.tokens.grants import revoke_grant
from portal.domains.identity.tokens.models import Code, Grant
from portal.domains.identity.tokens.secrets import digest, new_secret
from portal.kernel.db import Tx

GOOD_FOR = timedelta(seconds=60)
REMEMBERED = timedelta(days=1)
"""How long a code that is over is still recognized when it comes again."""


def give_code(
    tx: Tx,
    *,
    client_id: str,
    account_id: UUID,
    scope: str,
    redirect_uri: str,
    code_challenge: str,
    auth_time: datetime | None,
    now: datetime,
    shown: Iterable[str] = (),
) -> str:
    """A new code. `scope` is granted already; `code_challenge` is S256; `shown` are words of challenge.METHODS."""
    tx.execute(delete(Code).where(Code.expires_at < now - REMEMBERED))
    code = new_secret("ac")
    tx.add(
        Code(
            code_hash=digest(code),
            client_id=client_id,
            account_id=account_id,
            scope=scope,
            redirect_uri=redirect_uri,
            code_challenge=code_challenge,
            auth_time=auth_time,
            shown=list(shown),
            issued_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    tx.flush()
    return code


def take_code(tx: Tx, code: str, *, client_id: str, now: datetime) -> Code | None:
    """The code, held until the transaction ends, if this client may still use it; None otherwise.

    One that was used before, whoever sends it, ends the grant that came of it: somebody else has it, too.
    """
    found = tx.scalars(select(Code).where(Code.code_hash == digest(code)).with_for_update()).one_or_none()
    if found is None:
        return None
    if found.grant_id is not None:
        revoke_grant(tx, found.grant_id, because="code sent twice", now=now)
        return None
    return found if found.client_id == client_id and found.expires_at > now else None


def use_code(tx: Tx, code: Code, *, now: datetime, refresh_for: timedelta) -> Grant:
    """Turns a code that `take_code` gave into a grant; it is used up with that."""
    grant = Grant(
        kind="code",
        account_id=code.account_id,
        client_id=code.client_id,
        scope=code.scope,
        auth_time=code.auth_time,
        shown=code.shown,
        granted_at=now,
        used_at=now,
        expires_at=now + refresh_for,
    )
    tx.add(grant)
    tx.flush()
    code.grant_id = grant.id
    tx.flush()
    return grant
