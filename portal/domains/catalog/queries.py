"""Reads single products, their prices through time, and the movements of their stock."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.domains.catalog.models import Price, Product, StockMovement
from portal.domains.catalog.tree import shelves
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound


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
    return tx.execute(query).scalar_one_or_none()


def on_sale(tx: Tx, product_id: UUID) -> bool:
    """Whether customers may buy it now: published, not withdrawn, and so is every category above it."""
    shelf = shelves()
    query = select(Product.id).join(shelf, shelf.c.id == Product.category_id)
    query = query.where(Product.id == product_id, Product.published_at.is_not(None), Product.withdrawn_at.is_(None))
    return tx.execute(query).first() is not None


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
