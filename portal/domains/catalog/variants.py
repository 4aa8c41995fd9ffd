"""Variants of a product: adult and child, small and large.

A variant is a product of its own to everybody who sells it: it has prices, a stock or times, a refund policy, and is
held and ordered by itself. What is told belongs to the product it is a variant of: category, words, pictures,
attributes. A product that has variants is not sold itself; what was booked of it before stays booked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased, joinedload

from portal.domains import audit
from portal.domains.catalog.addon_models import Addon
from portal.domains.catalog.models import Category, Product
from portal.domains.catalog.queries import RATES, product_of, tag
from portal.domains.catalog.rates import Tag
from portal.domains.catalog.variant_rules import check_name, check_room, draft_of, name_after
from portal.kernel import questions, rows, wire
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import Faults
from portal.kernel.slugs import choose_slug
from portal.kernel.versions import locked

ON_SALE = f"""
SELECT {rows.columns(Product)}, {rows.columns(Category)},
       amount, currency, unit, {RATES.format(at="%(at)s")} AS rates
FROM products JOIN categories ON categories.id = category_id
LEFT JOIN prices ON product_id = products.id AND valid @> CAST(%(at)s AS timestamptz)
WHERE variant_of IN (%(product_ids)s) AND published_at <= %(at)s
  AND (products.withdrawn_at IS NULL OR products.withdrawn_at > %(at)s)
ORDER BY variant_of, products.id
"""  # noqa: S608  # our own words


@dataclass(frozen=True)
class Variant:
    """A variant that is on sale, and what it costs now; None when it has no price at the moment."""

    product: Product
    price: Tag | None


def create_variant(tx: Tx, product_id: UUID, name: str, *, slug: str | None = None, by: UUID | None = None) -> Product:
    """A draft of one more variant. Raises Invalid on `variant` and `slug`, NotFound."""
    whole = locked(tx, Product, product_id)
    faults, siblings = Faults(), variants_of(tx, product_id)
    offered = not siblings and tx.scalar(select(exists().where(Addon.goods_id == product_id)))
    check_room(faults, whole, siblings, offered=bool(offered))
    made = draft_of(whole)
    _write(tx, made, whole, siblings, faults, name, slug)
    tx.add(made)
    tx.flush()
    audit.record(tx, by, "variant.created", "product", str(whole.id), name=made.variant)
    return made


def edit_variant(
    tx: Tx, variant_id: UUID, version: int, name: str, *, slug: str | None = None, by: UUID | None = None
) -> Product:
    """Gives it another name. Raises Stale, Invalid on `variant` and `slug`, NotFound."""
    parent_id = tx.scalar(select(Product.variant_of).where(Product.id == variant_id))
    if parent_id is None:
        raise Invalid({"variant": N_("This is no variant.")})
    whole = locked(tx, Product, parent_id)  # first the whole, then its parts: nobody waits in a circle
    variant = locked(tx, Product, variant_id, version)
    _write(tx, variant, whole, variants_of(tx, whole.id), Faults(), name, slug)
    tx.flush()
    audit.record(tx, by, "variant.edited", "product", str(variant.id), name=variant.variant)
    return variant


def follow(tx: Tx, whole: Product) -> None:
    """Lets its variants be called and stand as the product does by now; whoever writes it calls this."""
    for variant in variants_of(tx, whole.id):
        name_after(whole, variant)
    tx.flush()


def variants_of(tx: Tx, product_id: UUID) -> list[Product]:
    """Every variant, on sale or not, in the order in which they were made."""
    query = select(Product).where(Product.variant_of == product_id).order_by(Product.id)
    return list(tx.scalars(query.options(joinedload(Product.category))))


def variants_on_sale(tx: Tx, product_ids: Collection[UUID], *, now: datetime) -> dict[UUID, list[Variant]]:
    """What customers choose from, by the product it is a variant of; one statement, however many they are."""
    return questions.answer(tx, variants_question(tx, product_ids, now=now)) if product_ids else {}


def variants_question(
    tx: Tx, product_ids: Collection[UUID], *, now: datetime
) -> questions.Question[dict[UUID, list[Variant]]]:
    """The same, of one product at least, for whoever has more to ask."""
    sql, ids = wire.each(ON_SALE, "product_ids", product_ids)
    return questions.Question(sql, {**ids, "at": now}, partial(_variants, tx))


def _variants(tx: Tx, told: questions.Rows) -> dict[UUID, list[Variant]]:
    found: dict[UUID, list[Variant]] = {}
    for row in told:
        product, asked = product_of(tx, row)
        if product.variant_of:
            found.setdefault(product.variant_of, []).append(Variant(product, tag(*asked)))
    return found


def has_variants() -> ColumnElement[bool]:
    """The product is sold in variants, and so not itself."""
    variant = aliased(Product)
    return exists().where(variant.variant_of == Product.id)


def _write(
    tx: Tx, variant: Product, whole: Product, siblings: list[Product], faults: Faults, name: str, slug: str | None
) -> None:
    label = check_name(faults, name, [one for one in siblings if one.id != variant.id])
    address = variant.slug
    if address is None or slug:
        base = f"{whole.slug} {label}"
        address = choose_slug(tx, Product.slug, faults, wanted=slug, name=base, own=variant.id)
    faults.stop()
    variant.variant, variant.slug = label, address
    name_after(whole, variant)
