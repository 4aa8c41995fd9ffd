"""Recovery codes: ten of them on paper, each good once, for whoever has lost the phone.

Twelve letters without those that look alike: the first four find the code, the other eight (40 bits) are kept as
argon2id (ASVS 5.0 6.5.2).
"""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update

from portal.domains.identity import passwords
from portal.domains.identity.factor_models import RecoveryCode
from portal.kernel.db import Tx

HOW_MANY = 10
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GROUP = 4


def make_codes(tx: Tx, account_id: UUID) -> list[str]:
    """Ten new codes such as K7QM-4XWT-9DPF, told this once; those before are over."""
    tx.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    labels: set[str] = set()
    while len(labels) < HOW_MANY:
        labels.add(_group())
    codes = []
    for label in sorted(labels):
        rest = _group() + _group()
        tx.add(RecoveryCode(account_id=account_id, label=label, digest=passwords.hashed(rest)))
        codes.append(f"{label}-{rest[:GROUP]}-{rest[GROUP:]}")
    tx.flush()
    return codes


def codes_left(tx: Tx, account_id: UUID) -> int:
    """How many of the codes are good."""
    unused = RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    return tx.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def use_code(tx: Tx, account_id: UUID, code: str, *, now: datetime) -> bool:
    """Whether it is one of the person's codes and was not used before. Case, blanks and hyphens do not matter."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    label, rest = typed[:GROUP], typed[GROUP:]
    this = RecoveryCode.account_id == account_id, RecoveryCode.label == label, RecoveryCode.used_at.is_(None)
    digest = tx.scalar(select(RecoveryCode.digest).where(*this))
    if not passwords.matches(rest, digest):
        return False
    return tx.scalar(update(RecoveryCode).where(*this).values(used_at=now).returning(RecoveryCode.label)) is not None


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(GROUP))
