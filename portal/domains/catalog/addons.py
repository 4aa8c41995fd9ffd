"""What is offered together with a booking: which goods, in which order, and how many at most."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import flag_modified

from portal.domains import audit
from portal.domains.catalog.addon_models import Addon
from portal.domains.catalog.articles import article_of
from portal.domains.catalog.listing import Listed
from portal.domains.catalog.models import Category, Product
from portal.domains.catalog.queries import ON_SHELF, RATES, product_of, tag
from portal.domains.catalog.variants import has_variants
from portal.kernel import questions, rows, wire
from portal.kernel.db import Tx
from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.kernel.versions import locked

MOST_ADDONS = 6
MOST_PIECES = 99
MOST_TO_CHOOSE = 500

OFFERED = f"""
SELECT {rows.columns(Product)}, {rows.columns(Category)},
       amount, currency, unit, {RATES.format(at="%(at)s")} AS rates
FROM (
    SELECT goods_id, min(position) AS position
    FROM addons JOIN products booked ON addons.product_id = coalesce(booked.variant_of, booked.id)
    WHERE booked.id IN (%(product_ids)s) GROUP BY goods_id
) AS first
JOIN products ON products.id = goods_id
JOIN categories ON categories.id = category_id
JOIN prices ON prices.product_id = products.id AND valid @> CAST(%(at)s AS timestamptz)
WHERE published_at <= %(at)s AND (products.withdrawn_at IS NULL OR products.withdrawn_at > %(at)s) AND {ON_SHELF}
ORDER BY first.position, products.name, products.id
"""  # noqa: S608  # our own words


@dataclass(frozen=True)
class Along:
    """Goods, and how many of them go with one booking at most."""

    goods_id: UUID
    most: int


def set_addons(
    tx: Tx, product_id: UUID, along: Sequence[Along], *, version: int | None = None, by: UUID | None = None
) -> None:
    """What goes with the product from now on, in this order; `version`: of the product that was seen.

    Raises Stale, Invalid on `goods-N` and `most-N`, NotFound.
    """
    product = locked(tx, Product, product_id, version)
    ids = [one.goods_id for one in along]
    known = select(Product.id).where(Product.id.in_(ids), Product.kind == "goods", ~has_variants())
    check_along(product, along, set(tx.scalars(known)) if ids else set())
    flag_modified(product, "kind")  # they belong to the product: whoever has read the old ones is stale now
    tx.execute(delete(Addon).where(Addon.product_id == product_id))
    tx.add_all(rows_of(product_id, along))
    tx.flush()
    audit.record(tx, by, "addons.set", "product", str(product_id), count=len(along))


def check_along(product: Product, along: Sequence[Along], goods: Set[UUID]) -> None:
    """Whether these go with the product; `goods`: which of them are sold by themselves. Raises Invalid."""
    faults = Faults()
    if product.kind != "booking":
        faults.add("goods-0", N_("Only with a booking something is taken along."))
    if product.variant_of is not None:
        faults.add("goods-0", N_("What goes with a variant goes with its product: say it there."))
    if len(along) > MOST_ADDONS:
        faults.add(f"goods-{MOST_ADDONS}", N_("At most %(most)s things go with it."), most=MOST_ADDONS)
    ids = [one.goods_id for one in along]
    for row, one in enumerate(along):
        faults.whole(f"most-{row}", one.most, least=1, most=MOST_PIECES)
        if one.goods_id not in goods:
            faults.add(f"goods-{row}", N_("There are no such goods."))
        elif one.goods_id in ids[:row]:
            faults.add(f"goods-{row}", N_("These are there twice."))
    faults.stop()


def rows_of(product_id: UUID, along: Sequence[Along]) -> list[Addon]:
    """The same as rows, in their order."""
    return [
        Addon(product_id=product_id, goods_id=one.goods_id, most=one.most, position=position)
        for position, one in enumerate(along)
    ]


def addons_of(tx: Tx, product_id: UUID) -> list[Along]:
    """What staff have said goes with it, on sale or not."""
    query = select(Addon.goods_id, Addon.most).where(Addon.product_id == product_id).order_by(Addon.position)
    return [Along(goods_id, most) for goods_id, most in tx.execute(query)]


def goods_by_name(tx: Tx) -> list[Product]:
    """Goods that staff can choose from: not withdrawn, by name; of what has variants, each of them."""
    query = select(Product).where(Product.kind == "goods", Product.withdrawn_at.is_(None), ~has_variants())
    return list(tx.scalars(query.order_by(Product.name, Product.id).limit(MOST_TO_CHOOSE)))


def offered_along(tx: Tx, product_ids: Collection[UUID], *, now: datetime) -> list[Listed]:
    """The goods that customers are offered with any of these products: on sale and with a price, each once. What goes
    with a product goes with its variants."""
    if not product_ids:
        return []
    return questions.answer(tx, along_question(tx, product_ids, now=now))


def along_question(tx: Tx, product_ids: Collection[UUID], *, now: datetime) -> questions.Question[list[Listed]]:
    """The same, with one product at least, for whoever has more to ask."""
    sql, ids = wire.each(OFFERED, "product_ids", product_ids)
    return questions.Question(sql, {**ids, "at": now}, partial(_along, tx))


def _along(tx: Tx, found: questions.Rows) -> list[Listed]:
    return [Listed(article_of(product), tag(*asked)) for product, asked in (product_of(tx, row) for row in found)]


def most_along(tx: Tx, booked: Sequence[UUID], goods_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many pieces go with these bookings together (a product once for each of them); goods that go with none of
    them are not in it, and bound by nothing but the stock."""
    if not booked or not goods_ids:
        return {}
    query = select(Product.id, Addon.goods_id, Addon.most)
    query = query.join(Addon, Addon.product_id == func.coalesce(Product.variant_of, Product.id))
    query = query.where(Product.id.in_(set(booked)), Addon.goods_id.in_(goods_ids))
    most: dict[UUID, int] = {}
    for product_id, goods_id, each in tx.execute(query):
        most[goods_id] = most.get(goods_id, 0) + each * booked.count(product_id)
    return most
