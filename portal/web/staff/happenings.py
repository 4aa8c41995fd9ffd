"""The log as a timeline shows it: a sentence, who it was, and the way to the thing it was done to."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask_login import current_user

from portal.kernel.db import Tx
from portal.reports import happenings
from portal.reports.happenings import Happening
from portal.web.staff.words import audit_words

PAGES = {
    "order": ("bookings", "staff.order", "number"),
    "product": ("catalog", "staff.product", "product_id"),
    "category": ("catalog", "staff.category", "category_id"),
    "resource": ("catalog", "staff.resource", "resource_id"),
}
"""Kind of thing → who may see its page, the page, and by what it is found."""


def just_now(tx: Tx) -> list[dict[str, Any]]:
    """What happened last in the whole house, each with the thing it is about."""
    return [_told(one) | {"subject": _subject(one), "url": _way_to(one)} for one in happenings.latest(tx)]


def changes(tx: Tx, kind: str, subject_id: UUID, *, limit: int = 8) -> list[dict[str, Any]]:
    """What was done to one thing, for its own page."""
    return [_told(one) for one in happenings.about(tx, kind, subject_id, limit=limit)]


def _told(one: Happening) -> dict[str, Any]:
    said, reason = audit_words(one), str(one.details.get("reason") or "")
    return {"at": one.at, "text": said, "actor": one.actor or "", "note": "" if reason in said else reason}


def _subject(one: Happening) -> str:
    """The thing's name, unless the sentence has said it."""
    return one.subject if one.subject and one.subject not in audit_words(one) else ""


def _way_to(one: Happening) -> str:
    """The address of the thing's page; empty where there is none, or not for the reader."""
    permission, page, name = PAGES.get(one.kind, ("", "", ""))
    if not one.subject or not permission or not current_user.may(permission):
        return ""
    found: dict[str, Any] = {name: one.subject if one.kind == "order" else one.subject_id}
    return url_for(page, **found)
