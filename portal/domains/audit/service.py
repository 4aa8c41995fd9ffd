"""Writes the log of who did what."""

import json
from typing import Any
from uuid import UUID

from portal.domains.audit.models import AuditEntry
from portal.kernel.db import Tx


def record(
    tx: Tx, actor_id: UUID | None, action: str, subject_kind: str, subject_id: str | UUID, **details: Any
) -> None:
    """Appends one act, in the transaction that does it. No actor is the house itself.

    Details are kept as JSON; ids, amounts and times in them become text.
    """
    plain = json.loads(json.dumps(details, default=str))
    tx.add(
        AuditEntry(
            actor_id=actor_id, action=action, subject_kind=subject_kind, subject_id=str(subject_id), details=plain
        )
    )
