"""Writes the log of who did what."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from portal.domains.audit.models import AuditEntry
from portal.kernel.db import Tx, insert_all


@dataclass(frozen=True)
class Act:
    """One act, as `record` takes it."""

    action: str
    subject_kind: str
    subject_id: str | UUID
    details: Mapping[str, Any] = field(default_factory=dict)


def record(
    tx: Tx, actor_id: UUID | None, action: str, subject_kind: str, subject_id: str | UUID, **details: Any
) -> None:
    """Appends one act, in the transaction that does it. No actor is the house itself.

    Details are kept as JSON; ids, amounts and times in them become text.
    """
    plain = _plain(details)
    tx.add(
        AuditEntry(
            actor_id=actor_id, action=action, subject_kind=subject_kind, subject_id=str(subject_id), details=plain
        )
    )


def record_all(tx: Tx, actor_id: UUID | None, acts: Iterable[Act]) -> None:
    """The same for many at once, in their order."""
    insert_all(
        tx,
        (
            AuditEntry(
                actor_id=actor_id,
                action=act.action,
                subject_kind=act.subject_kind,
                subject_id=str(act.subject_id),
                details=_plain(act.details),
            )
            for act in acts
        ),
    )


def _plain(details: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(details, default=str))
