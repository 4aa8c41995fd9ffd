"""Words of the catalog for staff: what a price is for, and who changed what."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from portal.domains import audit, identity
from portal.domains.catalog import Product
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.web.staff.words import audit_words


def unit_words() -> dict[str, str]:
    """What a price may be for."""
    return {
        "booking": _("the whole booking"),
        "person": _("each person"),
        "half_hour": _("each half hour"),
        "hour": _("each hour"),
        "piece": _("each piece"),
    }


def state_of(product: Product) -> str:
    """How far a product is: draft, active, withdrawn."""
    if product.withdrawn_at is not None:
        return "withdrawn"
    return "active" if product.published_at is not None else "draft"


def changes(tx: Tx, kind: str, subject_id: UUID, limit: int = 8) -> list[dict[str, Any]]:
    """What was done to one thing, the latest first, as a timeline shows it."""
    entries = audit.entries_about(tx, kind, subject_id, limit)
    names = _names(tx, {entry.actor_id for entry in entries if entry.actor_id})
    return [{"at": e.at, "text": audit_words(e), "actor": names.get(e.actor_id, "")} for e in entries]


def _names(tx: Tx, ids: Iterable[UUID]) -> dict[UUID | None, str]:
    found: dict[UUID | None, str] = {}
    for account_id in ids:
        try:
            found[account_id] = identity.get_account(tx, account_id).name
        except NotFound:
            continue
    return found
