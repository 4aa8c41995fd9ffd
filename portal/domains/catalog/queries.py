"""Reads single products, their prices through time, and the movements of their stock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from portal.domains.catalog.models import Category, Price, Product, StockMovement
from portal.domains.catalog.rate_models import PriceRate
from portal.domains.catalog.rates import Tag, stored_rates
from portal.kernel import questions, rows, wire
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

PRODUCT = f"""
SELECT {rows.columns(Product)}, {rows.columns(Category)}
FROM products JOIN categories ON categories.id = category_id
"""  # noqa: S608  # our own words
BY_ID = f"{PRODUCT} WHERE products.id IN (%(product_ids)s)"
ON_SHELF = """NOT EXISTS (
        WITH RECURSIVE above AS (
            SELECT own.id, own.parent_id, own.withdrawn_at FROM categories own WHERE own.id = products.category_id
            UNION
            SELECT next.id, next.parent_id, next.withdrawn_at
            FROM above JOIN categories next ON next.id = above.parent_id
        )
        SELECT FROM above WHERE above.withdrawn_at IS NOT NULL
    )"""
"""No category above the product is withdrawn."""
# Customers see what is published and not withdrawn, unless a category above it is, or what it is a variant of.
BY_SLUG = f"""
{PRODUCT} WHERE products.slug = %(slug)s AND (%(hidden)s OR (
    published_at IS NOT NULL AND products.withdrawn_at IS NULL AND {ON_SHELF} AND NOT EXISTS (
        SELECT FROM products whole
        WHERE whole.id = products.variant_of AND (whole.published_at IS NULL OR whole.withdrawn_at IS NOT NULL)
    )
))
"""
PRICES = f"""
SELECT {rows.columns(Price)} FROM prices WHERE product_id = %(product_id)s ORDER BY valid DESC LIMIT %(limit)s
"""  # noqa: S608  # our own words

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
    found = products(tx, [product_id])
    if not found:
        raise NotFound
    return found[product_id]


def products(tx: Tx, product_ids: Collection[UUID]) -> dict[UUID, Product]:
    """These products with their categories, by their ids, on sale or not."""
    return questions.answer(tx, products_question(tx, product_ids)) if product_ids else {}


def products_question(tx: Tx, product_ids: Collection[UUID]) -> questions.Question[dict[UUID, Product]]:
    """The same, of one at least, for whoever has more to ask."""
    sql, ids = wire.each(BY_ID, "product_ids", product_ids)
    return questions.Question(sql, ids, partial(_products, tx))


def _products(tx: Tx, found: questions.Rows) -> dict[UUID, Product]:
    return {product.id: product for product in (product_of(tx, row)[0] for row in found)}


def find_product(tx: Tx, slug: str, *, hidden: bool = False) -> Product | None:
    """The product of that address with its category, if customers can see it (with `hidden`, in any case)."""
    return questions.answer(tx, product_question(tx, slug, hidden=hidden))


def product_question(tx: Tx, slug: str, *, hidden: bool = False) -> questions.Question[Product | None]:
    """The same for whoever has more to ask."""
    given = {"slug": slug, "hidden": hidden}
    return questions.Question(BY_SLUG, given, lambda found: product_of(tx, found[0])[0] if found else None)


def product_of(tx: Tx, row: Sequence[Any]) -> tuple[Product, list[Any]]:
    """The product of a row that begins as PRODUCT says, with its category; and what else is in the row."""
    product, category, *rest = rows.several(tx, row, Product, Category)
    set_committed_value(product, "category", category)
    return product, rest


def offers(tx: Tx, product_ids: Collection[UUID], at: datetime | None) -> dict[UUID, Offer]:
    """These products by their ids, with the price of that moment, if any. Whoever is not there is not in it."""
    return questions.answer(tx, offers_question(product_ids, at)) if product_ids else {}


def offers_question(product_ids: Collection[UUID], at: datetime | None) -> questions.Question[dict[UUID, Offer]]:
    """The same for whoever has more to ask; there must be one id at least."""
    sql, ids = wire.each(OFFERS, "product_ids", product_ids)
    return questions.Question(sql, {**ids, "at": at}, _offers)


def _offers(rows: questions.Rows) -> dict[UUID, Offer]:
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


def rule_in_force(tx: Tx, product_id: UUID, at: datetime | None = None) -> UUID | None:
    """The id of the refund rule it is sold under now: its own policy's, or the default one's. None if there is none:
    then it is sold under the usual terms. `at`: for which moment the price is asked as well."""
    return next((offer.refund_rule_id for offer in offers(tx, [product_id], at).values()), None)


def price_at(tx: Tx, product_id: UUID, at: datetime) -> Tag | None:
    """What is asked for the product at that moment; None while it has no price."""
    return questions.answer(tx, price_question(product_id, at))


def price_question(product_id: UUID, at: datetime) -> questions.Question[Tag | None]:
    """The same for whoever has more to ask."""
    asked = {"product_id": product_id, "at": at}
    return questions.Question(PRICE, asked, lambda found: tag(*found[0]) if found else None)


def price_history(tx: Tx, product_id: UUID, *, limit: int = 100) -> list[Price]:
    """Its prices, past, present and scheduled, the latest first."""
    return questions.answer(tx, history_question(tx, product_id, limit=limit))


def history_question(tx: Tx, product_id: UUID, *, limit: int = 100) -> questions.Question[list[Price]]:
    """The same for whoever has more to ask."""
    return rows.question(tx, Price, PRICES, {"product_id": product_id, "limit": limit})


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
