"""Writes products: create a draft, edit, publish, withdraw."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.domains import audit
from portal.domains.catalog.attribute_values import checked_values
from portal.domains.catalog.models import Category, Product
from portal.domains.catalog.variants import follow
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import Faults
from portal.kernel.slugs import choose_slug
from portal.kernel.versions import locked

KINDS = ("booking", "goods")
COVER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class ProductFields:
    """What staff write about a product. Without a slug one is made from the name, or the old one stays.

    `attributes` are its values by the slugs of their definitions, and facts that nobody defined by their names.
    """

    category_id: UUID
    name: str
    summary: str = ""
    description: str = ""
    cover: str = "generic"
    attributes: Mapping[str, object] = field(default_factory=dict)
    slug: str | None = None


def create_product(tx: Tx, kind: str, fields: ProductFields, *, by: UUID | None = None) -> Product:
    """A draft nobody sees yet: `booking` or `goods` (with nothing in stock). Raises Invalid."""
    if kind not in KINDS:
        raise Invalid({"kind": (N_("A product is one of: %(known)s."), {"known": ", ".join(KINDS)})})
    product = Product(kind=kind, stock=0 if kind == "goods" else None)
    _write(tx, product, fields)
    tx.add(product)
    tx.flush()
    audit.record(tx, by, "product.created", "product", str(product.id), name=product.name)
    return product


def edit_product(tx: Tx, product_id: UUID, version: int, fields: ProductFields, *, by: UUID | None = None) -> Product:
    """Writes all fields. Raises Stale, Invalid, NotFound."""
    product = locked(tx, Product, product_id, version)
    if product.variant_of is not None:
        raise Invalid({"name": N_("This is a variant: its words are those of its product.")})
    _write(tx, product, fields)
    tx.flush()
    follow(tx, product)
    audit.record(tx, by, "product.edited", "product", str(product.id), name=product.name)
    return product


def publish_product(tx: Tx, product_id: UUID, version: int, *, now: datetime, by: UUID | None = None) -> Product:
    """Shows the product to customers, also after it was withdrawn. Raises Stale, NotFound."""
    product = locked(tx, Product, product_id, version)
    product.published_at = product.published_at or now
    product.withdrawn_at = None
    tx.flush()
    audit.record(tx, by, "product.published", "product", str(product.id), name=product.name)
    return product


def withdraw_product(tx: Tx, product_id: UUID, version: int, *, now: datetime, by: UUID | None = None) -> Product:
    """Takes the product off sale; what was booked of it stays booked. Raises Stale, NotFound."""
    product = locked(tx, Product, product_id, version)
    product.withdrawn_at = now
    tx.flush()
    audit.record(tx, by, "product.withdrawn", "product", str(product.id), name=product.name)
    return product


def _write(tx: Tx, product: Product, fields: ProductFields) -> None:
    faults = Faults()
    words = check_words(faults, fields)
    attributes = checked_values(tx, faults, fields.category_id, fields.attributes, product.attributes or {})
    if tx.scalar(select(Category.id).where(Category.id == fields.category_id)) is None:
        faults.add("category_id", N_("There is no such category."))
    slug = product.slug
    if slug is None or fields.slug:
        slug = choose_slug(tx, Product.slug, faults, wanted=fields.slug, name=words["name"], own=product.id)
    faults.stop()
    product.slug = slug
    tell(product, fields.category_id, words, attributes)


def check_words(faults: Faults, fields: ProductFields) -> dict[str, str]:
    """What customers read, as it is kept."""
    cover = faults.line("cover", fields.cover, most=60) or "generic"
    if not COVER.fullmatch(cover):
        faults.add("cover", N_("Covers are named with small letters, digits and hyphens."))
    return {
        "name": faults.line("name", fields.name, most=120, needed=True),
        "summary": faults.line("summary", fields.summary, most=200),
        "description": faults.text("description", fields.description, most=10_000),
        "cover": cover,
    }


def tell(product: Product, category_id: UUID, words: Mapping[str, str], attributes: dict[str, object]) -> None:
    """Writes what was checked; its variants follow."""
    product.category_id, product.attributes = category_id, attributes
    for name, value in words.items():
        setattr(product, name, value)
