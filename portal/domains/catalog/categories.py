"""Writes the category tree: create, edit and move, withdraw and bring back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.domains import audit
from portal.domains.catalog.models import Category
from portal.kernel.db import Tx
from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.kernel.slugs import choose_slug, hold_lock
from portal.kernel.versions import locked


@dataclass(frozen=True)
class CategoryFields:
    """What staff write about a category. Without a slug one is made from the name, or the old one stays."""

    name: str
    description: str = ""
    parent_id: UUID | None = None
    position: int = 0
    slug: str | None = None
    unlisted: bool = False


def create_category(tx: Tx, fields: CategoryFields, *, by: UUID | None = None) -> Category:
    """A new category, visible at once. Raises Invalid."""
    category = Category()
    _write(tx, category, fields)
    tx.add(category)
    tx.flush()
    audit.record(tx, by, "category.created", "category", str(category.id), name=category.name)
    return category


def edit_category(
    tx: Tx, category_id: UUID, version: int, fields: CategoryFields, *, by: UUID | None = None
) -> Category:
    """Writes all fields, moves the category where its parent says. Raises Stale, Invalid, NotFound."""
    category = locked(tx, Category, category_id, version)
    _write(tx, category, fields)
    tx.flush()
    audit.record(tx, by, "category.edited", "category", str(category.id), name=category.name)
    return category


def withdraw_category(tx: Tx, category_id: UUID, version: int, *, now: datetime, by: UUID | None = None) -> Category:
    """Hides the category and everything beneath it; nothing is lost. Raises Stale, NotFound."""
    category = locked(tx, Category, category_id, version)
    category.withdrawn_at = now
    tx.flush()
    audit.record(tx, by, "category.withdrawn", "category", str(category.id), name=category.name)
    return category


def restore_category(tx: Tx, category_id: UUID, version: int, *, by: UUID | None = None) -> Category:
    """Shows a withdrawn category again. Raises Stale, NotFound."""
    category = locked(tx, Category, category_id, version)
    category.withdrawn_at = None
    tx.flush()
    audit.record(tx, by, "category.restored", "category", str(category.id), name=category.name)
    return category


def _write(tx: Tx, category: Category, fields: CategoryFields) -> None:
    faults = Faults()
    name = faults.line("name", fields.name, most=80, needed=True)
    description = faults.text("description", fields.description, most=2000)
    position = faults.whole("position", fields.position, least=0, most=9999)
    _check_parent(tx, faults, category.id, fields.parent_id)
    slug = category.slug
    if slug is None or fields.slug:
        slug = choose_slug(tx, Category.slug, faults, wanted=fields.slug, name=name, own=category.id)
    faults.stop()
    category.name, category.description, category.position = name, description, position
    category.parent_id, category.slug, category.unlisted = fields.parent_id, slug, fields.unlisted


def _check_parent(tx: Tx, faults: Faults, own: UUID | None, parent_id: UUID | None) -> None:
    """The parent exists and is not beneath its own child. Two moves at once wait for each other: together they could
    close a circle that neither would alone."""
    if parent_id is None:
        return
    hold_lock(tx, "category tree")
    above: UUID | None = parent_id
    while above is not None:
        if above == own:
            faults.add("parent_id", N_("A category cannot be inside itself."))
            return
        row = tx.execute(select(Category.parent_id).where(Category.id == above)).one_or_none()
        if row is None:
            faults.add("parent_id", N_("There is no such category."))
            return
        above = row.parent_id
