"""Reads single products, their prices through time, and the movements of their stock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased, joinedload

from portal.domains.catalog.models import Price, Product, StockMovement
from portal.domains.catalog.tree import shelves
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

# On sale: published, not withdrawn, and so is every category above, asked upwards from the product; a variant with the
# product it is one of, which then is not sold itself.
OFFERS = """
WITH RECURSIVE above AS (
    SELECT products.id AS product_id, parent_id, categories.withdrawn_at
    FROM products JOIN categories ON categories.id = category_id WHERE products.id IN (%(product_ids)s)
    UNION
    SELECT product_id, categories.parent_id, categories.withdrawn_at
    FROM above JOIN categories ON categories.id = above.parent_id
)
SELECT products.id, kind, name, stock, (
           SELECT refund_rules.id
           FROM refund_policies JOIN refund_rules
               ON policy_id = refund_policies.id AND refund_rules.version = refund_policies.version
           WHERE refund_policies.id = COALESCE(refund_policy_id, (SELECT id FROM refund_policies WHERE is_default))
       ) AS refund_rule_id,
       published_at IS NOT NULL AND withdrawn_at IS NULL AND NOT EXISTS (
           SELECT 1 FROM above WHERE product_id = products.id AND above.withdrawn_at IS NOT NULL
       ) AND NOT EXISTS (
           SELECT 1 FROM products other
           WHERE other.variant_of = products.id
               OR other.id = products.variant_of AND (other.published_at IS NULL OR other.withdrawn_at IS NOT NULL)
       ) AS on_sale,
       amount, currency, unit
FROM products LEFT JOIN prices ON product_id = products.id AND valid @> CAST(%(at)s AS timestamptz)
WHERE products.id IN (%(product_ids)s)
"""


@dataclass(frozen=True)
class Tag:
    """What is asked for a product at a moment; rules.total_for makes the sum."""

    amount: Decimal
    currency: str
    unit: str


@dataclass(frozen=True)
class Offer:
    """A product as somebody who buys meets it. `stock` is None for what is booked, `price` while there is none,
    `refund_rule_id` where no policy was ever written down."""

    id: UUID
    kind: str
    name: str
    stock: int | None
    refund_rule_id: UUID | None
    on_sale: bool
    price: Tag | None


def get_product(tx: Tx, product_id: UUID) -> Product:
    """The product with its category, on sale or not. Raises NotFound."""
    product = tx.get(Product, product_id, options=[joinedload(Product.category)])
    if product is None:
        raise NotFound
    return product


def find_product(tx: Tx, slug: str, *, hidden: bool = False) -> Product | None:
    """The product of that address with its category, if customers can see it (with `hidden`, in any case)."""
    query = select(Product).where(Product.slug == slug).options(joinedload(Product.category))
    if not hidden:
        shelf = shelves()
        query = query.join(shelf, shelf.c.id == Product.category_id)
        query = query.where(Product.published_at.is_not(None), Product.withdrawn_at.is_(None))
        whole = aliased(Product)
        hidden_whole = whole.published_at.is_(None) | whole.withdrawn_at.is_not(None)
        query = query.where(~exists().where(whole.id == Product.variant_of, hidden_whole))
    return tx.execute(query).scalar_one_or_none()


def offers(tx: Tx, product_ids: Collection[UUID], at: datetime | None) -> dict[UUID, Offer]:
    """These products by their ids, with the price of that moment, if any. Whoever is not there is not in it."""
    if not product_ids:
        return {}
    sql, ids = wire.each(OFFERS, "product_ids", product_ids)
    return {
        id: Offer(id, kind, name, stock, rule, on_sale, Tag(amount, currency, unit) if currency else None)
        for id, kind, name, stock, rule, on_sale, amount, currency, unit in wire.ask(tx, sql, {**ids, "at": at})
    }


def on_sale(tx: Tx, product_id: UUID) -> bool:
    """Whether customers may buy it now: published, not withdrawn, and so is every category above it."""
    return any(offer.on_sale for offer in offers(tx, [product_id], None).values())


def rule_in_force(tx: Tx, product_id: UUID) -> UUID | None:
    """The id of the refund rule it is sold under now: its own policy's, or the default one's. None if there is none:
    then it is sold under the usual terms."""
    return next((offer.refund_rule_id for offer in offers(tx, [product_id], None).values()), None)


def price_at(tx: Tx, product_id: UUID, at: datetime) -> Price | None:
    """What the product costs at that moment; None while it has no price."""
    query = select(Price).where(Price.product_id == product_id, Price.valid.contains(at))
    return tx.execute(query).scalar_one_or_none()


def price_history(tx: Tx, product_id: UUID, *, limit: int = 100) -> list[Price]:
    """Its prices, past, present and scheduled, the latest first."""
    query = select(Price).where(Price.product_id == product_id).order_by(Price.valid.desc()).limit(limit)
    return list(tx.scalars(query))


def stock_movements(tx: Tx, product_id: UUID, *, limit: int = 100) -> list[StockMovement]:
    """What came and went, the latest first."""
    newest = StockMovement.created_at.desc(), StockMovement.id.desc()
    query = select(StockMovement).where(StockMovement.product_id == product_id).order_by(*newest).limit(limit)
    return list(tx.scalars(query))
