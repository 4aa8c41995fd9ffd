"""Choosing a new password by a link: it works once, for half an hour, and touches nothing but the password.

Only the SHA-256 of a link's secret is kept; the secret has 256 bits, so nobody guesses it from that.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from portal.domains.identity import passwords
from portal.domains.identity.models import Account, PasswordReset
from portal.domains.identity.queries import find_by_email
from portal.domains.identity.strength import weakness
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound

GOOD_FOR = timedelta(minutes=30)


class LinkOver(NotFound):
    """The link was used, is too old, was replaced by a newer one, or never was."""

    code = "link-over"
    message = N_("This link is not good any more. Ask for a new one; the old password still works.")


def open_reset(tx: Tx, email: str, *, now: datetime) -> tuple[Account, str] | None:
    """A new secret for whoever reads the mails of this address; None if no open account has it.

    A link that was asked for before is over.
    """
    account = find_by_email(tx, email)
    if account is None or not account.is_active:
        return None
    secret = secrets.token_urlsafe(32)
    tx.execute(delete(PasswordReset).where(PasswordReset.account_id == account.id))
    tx.add(PasswordReset(digest=_digest(secret), account_id=account.id, expires_at=now + GOOD_FOR))
    tx.flush()
    return account, secret


def is_open(tx: Tx, secret: str, *, now: datetime) -> bool:
    """Whether the link still works. Only a hint: `redeem` decides."""
    return _find(tx, secret, now) is not None


def redeem(tx: Tx, secret: str, password: str, *, now: datetime, composition: bool = True) -> Account:
    """Gives the account this password and ends the link; second factors stay. Raises LinkOver, Invalid (password)."""
    reset = _find(tx, secret, now, lock=True)
    account = tx.get(Account, reset.account_id) if reset else None
    if reset is None or account is None or not account.is_active:
        raise LinkOver
    if fault := weakness(password, email=account.email, name=account.name, composition=composition):
        raise Invalid({"password": fault})
    reset.used_at = now
    account.password_hash = passwords.hashed(password)
    tx.flush()
    return account


def _find(tx: Tx, secret: str, now: datetime, *, lock: bool = False) -> PasswordReset | None:
    query = select(PasswordReset).where(
        PasswordReset.digest == _digest(secret), PasswordReset.used_at.is_(None), PasswordReset.expires_at > now
    )
    return tx.scalars(query.with_for_update() if lock else query).one_or_none()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
