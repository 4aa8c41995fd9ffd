"""Closing an account: nobody signs in with it, and its sessions and tokens end at their next request."""

from datetime import datetime
from uuid import UUID

from portal.domains.identity import tokens
from portal.domains.identity.queries import get_account
from portal.kernel.db import Tx


def close_account(tx: Tx, account_id: UUID, *, now: datetime) -> None:
    """Closes it; what was allowed to apps is taken back. Closing it again changes nothing. Raises NotFound."""
    account = get_account(tx, account_id)
    if account.disabled_at is None:
        account.disabled_at = now
        tokens.end_all_tokens(tx, account_id, because="account closed", now=now)


def reopen_account(tx: Tx, account_id: UUID) -> None:
    """Opens it again. Tokens of before stay dead; apps have to be allowed anew. Raises NotFound."""
    get_account(tx, account_id).disabled_at = None
    tx.flush()
