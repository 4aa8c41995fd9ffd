"""Forgetting what is over: grants that ended a while ago, with their codes and refresh tokens."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from portal.domains.identity.tokens.models import Grant
from portal.kernel.db import Tx

KEPT_FOR = timedelta(days=30)
"""How long one can still look up why a grant ended, and a token of it that comes again is recognized."""


def forget_ended(tx: Tx, *, now: datetime) -> None:
    """Deletes the grants that ended more than KEPT_FOR ago; what is still good is never among them."""
    before = now - KEPT_FOR
    tx.execute(delete(Grant).where((Grant.revoked_at < before) | (Grant.expires_at < before)))
