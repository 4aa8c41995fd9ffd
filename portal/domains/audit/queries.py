"""Reads the log of who did what, the latest first."""

from uuid import UUID

from sqlalchemy import select

from portal.domains.audit.models import AuditEntry
from portal.kernel.db import Tx

MOST = 200
"""Entries read at once, whatever is asked for."""


def entries_about(tx: Tx, kind: str, subject_id: str | UUID, limit: int = 100) -> list[AuditEntry]:
    """What was done to one thing."""
    about = AuditEntry.subject_kind == kind, AuditEntry.subject_id == str(subject_id)
    return list(tx.scalars(select(AuditEntry).where(*about).order_by(AuditEntry.id.desc()).limit(min(limit, MOST))))


def recent(
    tx: Tx, *, actor_id: UUID | None = None, action: str | None = None, limit: int = 50, before: int | None = None
) -> list[AuditEntry]:
    """What was done lately, by one person or of one kind if asked.

    An action that ends in a dot stands for its family: "refund." finds refund.approved and refund.rejected. `before` is
    the id of the last entry already seen.
    """
    found = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(min(limit, MOST))
    if actor_id:
        found = found.where(AuditEntry.actor_id == actor_id)
    if action:
        family = action.endswith(".")
        found = found.where(
            AuditEntry.action.startswith(action, autoescape=True) if family else AuditEntry.action == action
        )
    if before is not None:
        found = found.where(AuditEntry.id < before)
    return list(tx.scalars(found))
