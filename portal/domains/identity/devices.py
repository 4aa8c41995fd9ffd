"""Browsers that are remembered: for thirty days they sign in without a second factor, and confirm nothing by it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select

from portal.domains.identity.factor_models import Device
from portal.kernel.db import Tx

GOOD_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Remembered:
    """One line of the list a person sees."""

    id: UUID
    agent: str
    since: datetime


def remember(tx: Tx, account_id: UUID, agent: str, *, now: datetime) -> str:
    """The secret (256 bits) for the browser's cookie."""
    secret = secrets.token_urlsafe(32)
    tx.execute(delete(Device).where(Device.account_id == account_id, Device.expires_at <= now))
    tx.add(Device(account_id=account_id, digest=_digest(secret), agent=agent[:200], expires_at=now + GOOD_FOR))
    tx.flush()
    return secret


def is_remembered(tx: Tx, account_id: UUID, secret: str, *, now: datetime) -> bool:
    """Whether this browser is remembered for this person."""
    this = Device.account_id == account_id, Device.digest == _digest(secret), Device.expires_at > now
    return bool(secret) and bool(tx.scalar(select(exists().where(*this))))


def remembered(tx: Tx, account_id: UUID, *, now: datetime) -> list[Remembered]:
    """The person's browsers, the latest first."""
    theirs = Device.account_id == account_id, Device.expires_at > now
    rows = tx.scalars(select(Device).where(*theirs).order_by(Device.created_at.desc()))
    return [Remembered(row.id, row.agent, row.created_at) for row in rows]


def forget_devices(tx: Tx, account_id: UUID, device_id: UUID | None = None) -> int:
    """Forgets one of the person's browsers, or all of them; how many there were."""
    query = delete(Device).where(Device.account_id == account_id)
    if device_id is not None:
        query = query.where(Device.id == device_id)
    return len(tx.scalars(query.returning(Device.id)).all())


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
