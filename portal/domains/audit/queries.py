"""Reads the log of who did what."""

from uuid import UUID

from sqlalchemy import select

from portal.domains.audit.models import AuditEntry
from portal.kernel.db import Tx


def entries_about(tx: Tx, kind: str, subject_id: str | UUID, limit: int = 100) -> list[AuditEntry]:
    """What was done to one thing, the latest first."""
    about = AuditEntry.subject_kind == kind, AuditEntry.subject_id == str(subject_id)
    return list(tx.scalars(select(AuditEntry).where(*about).order_by(AuditEntry.id.desc()).limit(limit)))
