"""Authenticator apps (RFC 6238): a secret is shown, proven once, and from then on each code works once."""

from collections.abc import Iterator
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

import pyotp
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.engine import CursorResult

from portal.domains.identity.models import SecondFactor
from portal.domains.identity.vault import Vault
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound, Refusal

STEP = 30  # seconds
KIND = "totp"


class AlreadyEnrolled(Refusal):
    """The account has an authenticator app; a second one would not replace it silently."""

    code = "already-enrolled"
    message = N_("An authenticator app is set up already.")


def enrol_totp(tx: Tx, vault: Vault, account_id: UUID, *, secret: str | None = None) -> str:
    """Makes a new secret (base32) that counts once it is confirmed; an earlier unconfirmed one is forgotten.

    `secret` is for a sample world that has to know it beforehand.

    Raises AlreadyEnrolled.
    """
    if has_totp(tx, account_id):
        raise AlreadyEnrolled
    secret = secret or pyotp.random_base32()
    locked = vault.lock(secret.encode(), bound_to=_owner(account_id))
    tx.execute(delete(SecondFactor).where(*_of(account_id), SecondFactor.confirmed_at.is_(None)))
    tx.add(SecondFactor(account_id=account_id, kind=KIND, secret=locked))
    tx.flush()
    return secret


def pending_totp(tx: Tx, vault: Vault, account_id: UUID) -> str | None:
    """The secret (base32) that waits to be confirmed; None if none does."""
    locked = tx.scalar(select(SecondFactor.secret).where(*_of(account_id), SecondFactor.confirmed_at.is_(None)))
    return None if locked is None else vault.open(locked, bound_to=_owner(account_id)).decode()


def confirm_totp(tx: Tx, vault: Vault, account_id: UUID, code: str, *, now: datetime) -> None:
    """Proves that the app has the secret. Raises Invalid (field code), and NotFound when no secret waits."""
    secret = pending_totp(tx, vault, account_id)
    if secret is None:
        raise NotFound
    step = _step_of(secret, code, now)
    if step is None:
        raise Invalid({"code": N_("This code is not right. Use the one your app shows now.")})
    tx.execute(
        update(SecondFactor)
        .where(*_of(account_id), SecondFactor.confirmed_at.is_(None))
        .values(confirmed_at=now, last_step=step)
    )


def verify_totp(tx: Tx, vault: Vault, account_id: UUID, code: str, *, now: datetime) -> bool:
    """Whether the code is right at this moment. Each code is accepted once, however many ask at the same time."""
    factor = tx.execute(
        select(SecondFactor.id, SecondFactor.secret).where(*_of(account_id), SecondFactor.confirmed_at.is_not(None))
    ).one_or_none()
    if factor is None:
        return False
    step = _step_of(vault.open(factor.secret, bound_to=_owner(account_id)).decode(), code, now)
    if step is None:
        return False
    # Not read and then written: the row itself is the judge of who came first.
    used: CursorResult[object] = tx.execute(  # type: ignore[assignment]  # an UPDATE answers with a cursor
        update(SecondFactor)
        .where(SecondFactor.id == factor.id, or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step))
        .values(last_step=step)
    )
    return used.rowcount == 1


def has_totp(tx: Tx, account_id: UUID) -> bool:
    """Whether the account has a confirmed authenticator app."""
    return bool(tx.scalar(select(SecondFactor.id).where(*_of(account_id), SecondFactor.confirmed_at.is_not(None))))


def totp_uri(secret: str, email: str) -> str:
    """The address an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=email, issuer_name="Jari")


def steps(now: datetime) -> Iterator[int]:
    """The 30-second steps whose codes are good now: this one, and the one before for slow hands and slow clocks.

    A later one is never good: no honest clock is ahead of what the person reads off it (ASVS 5.0 6.5.5).
    """
    current = int(now.timestamp()) // STEP
    yield from (current, current - 1)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    totp = pyotp.TOTP(secret, interval=STEP)
    # No early leave: every step is compared, in constant time.
    right = [step for step in steps(now) if compare_digest(totp.generate_otp(step), typed)]
    return right[0] if right else None


def _of(account_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (SecondFactor.account_id == account_id, SecondFactor.kind == KIND)


def _owner(account_id: UUID) -> bytes:
    return KIND.encode() + account_id.bytes
