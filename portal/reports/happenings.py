"""Who did what to which thing, the latest first: the log with the names that people read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from portal.kernel.db import Tx

MOST = 50


@dataclass(frozen=True)
class Happening:
    """One entry of the log. `subject` is what the thing is called by now: an order's number, a product's name.

    `actor` is None where nobody signed in did it.
    """

    at: datetime
    action: str
    details: Mapping[str, Any]
    actor: str | None
    kind: str
    subject_id: str
    subject: str | None


ENTRIES = """
SELECT e.at, e.action, e.details, a.name, e.subject_kind, e.subject_id,
    CASE e.subject_kind
        WHEN 'order' THEN (SELECT number FROM orders WHERE id = e.subject_id::uuid)
        WHEN 'product' THEN (SELECT name FROM products WHERE id = e.subject_id::uuid)
        WHEN 'category' THEN (SELECT name FROM categories WHERE id = e.subject_id::uuid)
        WHEN 'resource' THEN (SELECT name FROM resources WHERE id = e.subject_id::uuid)
    END
FROM audit_entries e LEFT JOIN accounts a ON a.id = e.actor_id
"""
# Who signed in is on the person's own page: here it would hide everything else.
NO_SIGN_IN = "(e.subject_kind NOT IN ('account', 'address') OR e.action LIKE 'token.%')"
LATEST = text(f"{ENTRIES} WHERE {NO_SIGN_IN} ORDER BY e.id DESC LIMIT :limit")
ABOUT = text(f"{ENTRIES} WHERE e.subject_kind = :kind AND e.subject_id = :id ORDER BY e.id DESC LIMIT :limit")


def latest(tx: Tx, *, limit: int = 8) -> list[Happening]:
    """What happened last in the whole house."""
    return [Happening(*row) for row in tx.execute(LATEST, {"limit": min(limit, MOST)})]


def about(tx: Tx, kind: str, subject_id: UUID, *, limit: int = 8) -> list[Happening]:
    """What happened to one thing."""
    given = {"kind": kind, "id": str(subject_id), "limit": min(limit, MOST)}
    return [Happening(*row) for row in tx.execute(ABOUT, given)]
