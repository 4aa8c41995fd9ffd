"""Writes the log of who did what."""

from typing import Any
from uuid import UUID

from portal.domains.audit.models import AuditEntry
from portal.kernel.db import Tx


def record(tx: Tx, actor_id: UUID | None, action: str, subject_kind: str, subject_id: str, **details: Any) -> None:
    """Appends one act, in the transaction that does it. No actor is the house itself; details are JSON values."""
    entry = AuditEntry(
        actor_id=actor_id, action=action, subject_kind=subject_kind, subject_id=subject_id, details=details
    )
    tx.add(entry)
