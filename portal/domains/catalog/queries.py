"""Reads single products, their prices through time, and the movements of their stock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased, joinedload

from portal.domains.catalog.models import Price, Product, StockMovement
from portal.domains.catalog.rate_models import PriceRate
from portal.domains.catalog.rates import Tag, stored_rates
from portal.domains.catalog.tree import shelves
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

RATES = """ARRAY(
           SELECT ARRAY[weekdays, lower(minutes), upper(minutes), first_day - DATE '2000-01-01',
                        last_day - DATE '2000-01-01', CAST(yearly AS int), percent, price_rates.amount]
           FROM price_rates
           WHERE price_rates.product_id = prices.product_id AND price_rates.valid @> CAST({at} AS timestamptz)
             AND (percent IS NOT NULL OR price_rates.currency = prices.currency)
           ORDER BY rank
       )"""
"""The rates beside a row of prices, the first that counts first; one in another currency than the price rests."""

# On sale: published, not withdrawn, and so is every category above, asked upwards from the product; a variant with the
# product it is one of, which then is not sold itself.
OFFERS = f"""
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
       amount, currency, unit, {RATES.format(at="%(at)s")} AS rates
FROM products LEFT JOIN prices ON product_id = products.id AND valid @> CAST(%(at)s AS timestamptz)
WHERE products.id IN (%(product_ids)s)
"""  # noqa: S608  # our own words
PRICE = f"""
SELECT amount, currency, unit, {RATES.format(at="%(at)s")} AS rates
FROM prices WHERE product_id = %(product_id)s AND valid @> CAST(%(at)s AS timestamptz)
"""  # noqa: S608  # our own words


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
    return wire.answer(tx, offers_question(product_ids, at)) if product_ids else {}


def offers_question(product_ids: Collection[UUID], at: datetime | None) -> wire.Question[dict[UUID, Offer]]:
    """The same for whoever has more to ask; there must be one id at least."""
    sql, ids = wire.each(OFFERS, "product_ids", product_ids)
    return wire.Question(sql, {**ids, "at": at}, _offers)


def _offers(rows: wire.Rows) -> dict[UUID, Offer]:
    return {
        id: Offer(id, kind, name, stock, rule, on_sale, tag(*asked))
        for id, kind, name, stock, rule, on_sale, *asked in rows
    }


def tag(amount: Any, currency: str | None, unit: str, rates: Any) -> Tag | None:
    """The price of a row, with its rates; None where there is none."""
    return Tag(amount, currency, unit, stored_rates(rates)) if currency else None


def on_sale(tx: Tx, product_id: UUID) -> bool:
    """Whether customers may buy it now: published, not withdrawn, and so is every category above it."""
    return any(offer.on_sale for offer in offers(tx, [product_id], None).values())


def rule_in_force(tx: Tx, product_id: UUID) -> UUID | None:
    """The id of the refund rule it is sold under now: its own policy's, or the default one's. None if there is none:
    then it is sold under the usual terms."""
    return next((offer.refund_rule_id for offer in offers(tx, [product_id], None).values()), None)


def price_at(tx: Tx, product_id: UUID, at: datetime) -> Tag | None:
    """What is asked for the product at that moment; None while it has no price."""
    rows = wire.ask(tx, PRICE, {"product_id": product_id, "at": at})
    return tag(*rows[0]) if rows else None


def price_history(tx: Tx, product_id: UUID, *, limit: int = 100) -> list[Price]:
    """Its prices, past, present and scheduled, the latest first."""
    query = select(Price).where(Price.product_id == product_id).order_by(Price.valid.desc()).limit(limit)
    return list(tx.scalars(query))


def rate_history(tx: Tx, product_id: UUID, *, limit: int = 100) -> list[PriceRate]:
    """What it costs at some times, past, present and scheduled: what is in force longest first, each by its rank."""
    query = select(PriceRate).where(PriceRate.product_id == product_id)
    return list(
        tx.scalars(query.order_by(func.upper(PriceRate.valid).desc().nulls_first(), PriceRate.rank).limit(limit))
    )


def stock_movements(tx: Tx, product_id: UUID, *, limit: int = 100) -> list[StockMovement]:
    """What came and went, the latest first."""
    newest = StockMovement.created_at.desc(), StockMovement.id.desc()
    query = select(StockMovement).where(StockMovement.product_id == product_id).order_by(*newest).limit(limit)
    return list(tx.scalars(query))
