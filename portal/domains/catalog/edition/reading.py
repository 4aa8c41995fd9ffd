"""Reads what there is of many products, a statement for each kind of thing."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.domains.audit import Act
from portal.domains.catalog.addon_models import Addon
from portal.domains.catalog.addons import Along
from portal.domains.catalog.attribute_values import Definitions, definitions
from portal.domains.catalog.models import Price, Product, RefundPolicy
from portal.kernel.db import Tx, among
from portal.kernel.slugs import SLUGS, hold_lock


@dataclass
class Edition:
    """What is known of the products, as it is to be by now; and what has to be written for it besides them."""

    now: datetime
    by: UUID | None
    definitions: Definitions
    policies: dict[str, RefundPolicy]
    """By their names in small letters."""
    products: dict[str, Product]
    """By their addresses."""
    variants: dict[UUID, list[Product]]
    """By what they are variants of, in the order in which they were made."""
    prices: dict[UUID, list[Price]]
    """Those that are not over, in order, by product."""
    addons: dict[UUID, list[Along]]
    offered: set[UUID]
    """Goods that are offered together with something."""

    new: dict[UUID, Product] = field(default_factory=dict)
    repriced: dict[UUID, int] = field(default_factory=dict)
    """How often the prices of each product are changed."""
    coming: list[Price] = field(default_factory=list)
    gone: list[Price] = field(default_factory=list)
    counts: dict[UUID, int] = field(default_factory=dict)
    """How many there are by now, of goods that were counted."""
    along: dict[UUID, list[Along]] = field(default_factory=dict)
    """What goes with each product whose goods are others now."""
    acts: list[Act] = field(default_factory=list)


def read(tx: Tx, slugs: Collection[str], *, now: datetime, by: UUID | None = None) -> Edition:
    """The products of these addresses with all that belongs to them. Nobody else chooses an address until we are done,
    so what is not there stays free, and nobody changes what is defined."""
    hold_lock(tx, SLUGS)
    query = select(Product).execution_options(populate_existing=True)
    products = {one.slug: one for one in tx.scalars(query.where(among(Product.slug, slugs)))}
    ids = [one.id for one in products.values()]
    variants: dict[UUID, list[Product]] = defaultdict(list)
    for one in tx.scalars(query.where(among(Product.variant_of, ids)).order_by(Product.id)):
        if one.variant_of:
            variants[one.variant_of].append(one)
    prices: dict[UUID, list[Price]] = defaultdict(list)
    not_over = func.upper_inf(Price.valid) | (func.upper(Price.valid) > now)
    asked = select(Price).where(among(Price.product_id, ids), not_over).order_by(Price.valid)
    for price in tx.scalars(asked.execution_options(populate_existing=True)):
        prices[price.product_id].append(price)
    addons: dict[UUID, list[Along]] = defaultdict(list)
    rows = select(Addon.product_id, Addon.goods_id, Addon.most).where(among(Addon.product_id, ids))
    for product_id, goods_id, most in tx.execute(rows.order_by(Addon.position)):
        addons[product_id].append(Along(goods_id, most))
    offered = set(tx.scalars(select(Addon.goods_id).where(among(Addon.goods_id, ids)).distinct()))
    policies = {one.name.lower(): one for one in tx.scalars(select(RefundPolicy).order_by(RefundPolicy.name))}
    return Edition(now, by, definitions(tx), policies, products, variants, prices, addons, offered)
