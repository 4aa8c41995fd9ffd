"""What is offered together with a booking: which goods, in which order, and how many at most."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.attributes import flag_modified

from portal.domains import audit
from portal.domains.catalog.addon_models import Addon
from portal.domains.catalog.listing import Listed
from portal.domains.catalog.models import Price, Product
from portal.domains.catalog.queries import RATES, tag
from portal.domains.catalog.tree import shelves, shown_at
from portal.domains.catalog.variants import has_variants
from portal.kernel.db import Tx
from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.kernel.versions import locked

MOST_ADDONS = 6
MOST_PIECES = 99
MOST_TO_CHOOSE = 500


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
    faults = Faults()
    if product.kind != "booking":
        faults.add("goods-0", N_("Only with a booking something is taken along."))
    if product.variant_of is not None:
        faults.add("goods-0", N_("What goes with a variant goes with its product: say it there."))
    if len(along) > MOST_ADDONS:
        faults.add(f"goods-{MOST_ADDONS}", N_("At most %(most)s things go with it."), most=MOST_ADDONS)
    ids = [one.goods_id for one in along]
    known = select(Product.id).where(Product.id.in_(ids), Product.kind == "goods", ~has_variants())
    goods = set(tx.scalars(known)) if ids else set()
    for row, one in enumerate(along):
        faults.whole(f"most-{row}", one.most, least=1, most=MOST_PIECES)
        if one.goods_id not in goods:
            faults.add(f"goods-{row}", N_("There are no such goods."))
        elif one.goods_id in ids[:row]:
            faults.add(f"goods-{row}", N_("These are there twice."))
    faults.stop()
    flag_modified(product, "kind")  # they belong to the product: whoever has read the old ones is stale now
    tx.execute(delete(Addon).where(Addon.product_id == product_id))
    for position, one in enumerate(along):
        tx.add(Addon(product_id=product_id, goods_id=one.goods_id, most=one.most, position=position))
    tx.flush()
    audit.record(tx, by, "addons.set", "product", str(product_id), count=len(along))


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
    shelf, booked = shelves(), aliased(Product)
    first = (
        select(Addon.goods_id, func.min(Addon.position).label("position"))
        .join(booked, Addon.product_id == func.coalesce(booked.variant_of, booked.id))
        .where(booked.id.in_(product_ids))
        .group_by(Addon.goods_id)
        .subquery("first")
    )
    query = (
        select(
            Product,
            Price.amount,
            Price.currency,
            Price.unit,
            text(RATES.format(at=":at")).bindparams(at=now),
        )
        .join(first, first.c.goods_id == Product.id)
        .join(shelf, shelf.c.id == Product.category_id)
        .join(Price, (Price.product_id == Product.id) & Price.valid.contains(now))
        .where(shown_at(now))
        .options(joinedload(Product.category))
        .order_by(first.c.position, Product.name, Product.id)
    )
    return [Listed(product, tag(*asked)) for product, *asked in tx.execute(query)]


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
