"""Makes categories, products, prices and goods in stock."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from portal.domains.catalog import adjust_stock
from portal.domains.catalog.models import Category, Price, Product
from portal.kernel.db import Tx

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

_numbers = count(1)


def category(tx: Tx, *, name: str = "Rooms", slug: str | None = None, parent_id: UUID | None = None) -> Category:
    """A category, at the top of the tree unless it has a parent."""
    made = Category(name=name, slug=slug or f"category-{next(_numbers)}", parent_id=parent_id)
    tx.add(made)
    tx.flush()
    return made


def product(
    tx: Tx,
    *,
    kind: str = "booking",
    name: str = "Studio A",
    slug: str | None = None,
    category_id: UUID | None = None,
    stock: int | None = None,
    published: bool = True,
    **fields: object,
) -> Product:
    """A published product; goods begin with `stock` in the ledger, or none of it."""
    made = Product(
        category_id=category_id or category(tx).id,
        kind=kind,
        name=name,
        slug=slug or f"product-{next(_numbers)}",
        stock=0 if kind == "goods" else None,
        published_at=LONG_AGO if published else None,
        **fields,
    )
    tx.add(made)
    tx.flush()
    if stock:
        adjust_stock(tx, made.id, stock, reason="delivery")
        tx.refresh(made)
    return made


def price(
    tx: Tx,
    product_id: UUID,
    *,
    amount: int | str | Decimal = 30000,
    unit: str = "booking",
    currency: str = "KRW",
    starts_at: datetime = LONG_AGO,
    ends_at: datetime | None = None,
) -> Price:
    """A price, by default for ever."""
    made = Price(
        product_id=product_id,
        amount=Decimal(amount),
        unit=unit,
        currency=currency,
        valid=Range(starts_at, ends_at, bounds="[)"),
    )
    tx.add(made)
    tx.flush()
    return made


def goods(
    tx: Tx, *, stock: int = 10, amount: int | str | Decimal = 5000, name: str = "Towel", **fields: object
) -> Product:
    """Goods with a price and `stock` pieces on the shelf."""
    made = product(tx, kind="goods", name=name, stock=stock, **fields)  # type: ignore[arg-type]  # passed on as given
    price(tx, made.id, amount=amount, unit="piece")
    return made
