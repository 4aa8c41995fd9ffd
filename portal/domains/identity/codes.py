"""Codes of six digits that are sent: good for ten minutes, for one challenge, for five tries, and once.

They come from the system's source of randomness and are kept like passwords (argon2id), because a million possible
codes are tried in a second by whoever reads a plain hash.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.domains.identity import passwords
from portal.domains.identity.factor_models import SentCode
from portal.kernel.db import Tx

GOOD_FOR = timedelta(minutes=10)
TRIES = 5


def issue(tx: Tx, challenge: str, account_id: UUID, *, now: datetime) -> str:
    """A new code for this challenge; the one sent before is over, its tries are not given back."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    tx.execute(delete(SentCode).where(SentCode.account_id == account_id, SentCode.expires_at <= now))
    new = {"digest": passwords.hashed(code), "expires_at": now + GOOD_FOR, "used_at": None}
    tx.execute(
        insert(SentCode)
        .values(challenge=challenge, account_id=account_id, **new)
        .on_conflict_do_update(index_elements=["challenge"], set_=new)
    )
    return code


def is_sent(tx: Tx, challenge: str, *, now: datetime) -> bool:
    """Whether a code for this challenge is on its way and still good."""
    good = SentCode.challenge == challenge, SentCode.used_at.is_(None), SentCode.expires_at > now
    return bool(tx.scalar(select(exists().where(*good))))


def redeem(tx: Tx, challenge: str, account_id: UUID, code: str, *, now: datetime) -> bool:
    """Whether this is the code of this challenge. Each try counts, before it is looked at, also those at one time."""
    good = (
        SentCode.challenge == challenge,
        SentCode.account_id == account_id,
        SentCode.used_at.is_(None),
        SentCode.expires_at > now,
        SentCode.tries < TRIES,
    )
    # The row is ours until the commit: whoever tries at the same moment waits, and then sees this try counted.
    digest = tx.scalar(update(SentCode).where(*good).values(tries=SentCode.tries + 1).returning(SentCode.digest))
    if digest is None or not passwords.matches("".join(code.split()), digest):
        return False
    tx.execute(update(SentCode).where(SentCode.challenge == challenge).values(used_at=now))
    return True
