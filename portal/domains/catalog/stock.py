"""Keeps the stock of goods: a ledger of movements and a count that never goes below zero, whoever hurries.

A movement's key makes it happen once. Whoever takes several goods in one transaction takes them in the order of their
product ids, so that two orders never wait for each other.
"""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm.util import identity_key

from portal.domains import audit
from portal.domains.catalog.models import Product, StockMovement
from portal.domains.catalog.rules import MOST_STOCK
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound, Refusal
from portal.kernel.fields import Faults
from portal.kernel.ids import new_id
from portal.kernel.versions import locked

# The movement and the count in one statement; nothing at all where the key has moved before. Without a savepoint, which
# costs two trips more for every kind of goods: what could not be counted is taken out again.
MOVE = """
WITH moved AS (
    INSERT INTO stock_movements (id, product_id, delta, reason, key)
    VALUES (%(id)s, %(product_id)s, %(delta)s, %(reason)s, %(key)s)
    ON CONFLICT (key) DO NOTHING
    RETURNING product_id, delta
), counted AS (
    UPDATE products SET stock = stock + delta, updated_at = now()
    FROM moved WHERE products.id = moved.product_id AND stock + delta >= 0
    RETURNING stock
)
SELECT count(moved) = 1 AS moved, count(counted) = 1 AS counted FROM moved LEFT JOIN counted ON true
"""


class OutOfStock(Refusal):
    """There are fewer pieces left than asked for."""

    code = "out-of-stock"
    message = N_("Only %(left)s of %(name)s are left.")


def take_stock(tx: Tx, key: str, product_id: UUID, quantity: int) -> None:
    """Takes pieces off the shelf, once per key. Raises OutOfStock, and then nothing is taken."""
    _move(tx, f"take:{key}", product_id, -_positive(quantity), "sold")


def return_stock(tx: Tx, key: str, product_id: UUID, quantity: int) -> None:
    """Puts pieces back, once per key."""
    _move(tx, f"return:{key}", product_id, _positive(quantity), "returned")


def return_taken_stock(tx: Tx, key: str) -> None:
    """Puts back what was taken under this key, once; nothing if nothing was taken."""
    columns = select(StockMovement.product_id, StockMovement.delta)
    taken = tx.execute(columns.where(StockMovement.key == f"take:{key}")).one_or_none()
    if taken is not None:
        _move(tx, f"untake:{key}", taken.product_id, -taken.delta, "returned")


def adjust_stock(
    tx: Tx, product_id: UUID, delta: int, *, reason: str, key: str | None = None, by: UUID | None = None
) -> int:
    """Staff add or remove pieces, once per key; answers the pieces there are. Raises Invalid on `delta` or `reason`."""
    product = locked(tx, Product, product_id)
    faults = Faults()
    delta = faults.whole("delta", delta, least=-MOST_STOCK, most=MOST_STOCK)
    reason = faults.line("reason", reason, most=200, needed=True)
    if product.stock is None:
        faults.add("delta", N_("Only goods have a stock."))
    elif delta == 0:
        faults.add("delta", N_("Say how many come or go."))
    elif product.stock + delta > MOST_STOCK:
        faults.add("delta", N_("A stock ends at %(most)s."), most=MOST_STOCK)
    faults.stop()
    try:
        moved = _move(tx, f"staff:{key or new_id()}", product_id, delta, reason)
    except OutOfStock as fact:
        message = N_("There are only %(left)s; a stock cannot go below zero.")
        raise Invalid({"delta": (message, fact.params)}) from fact
    if moved:
        audit.record(tx, by, "stock.adjusted", "product", str(product_id), delta=delta, reason=reason)
    return int(tx.scalar(select(Product.stock).where(Product.id == product_id)) or 0)


def set_stock(
    tx: Tx, product_id: UUID, count: int, *, reason: str, key: str | None = None, by: UUID | None = None
) -> int:
    """Staff have counted: the stock is `count` from here on; the difference goes into the ledger. Raises Invalid."""
    product = locked(tx, Product, product_id)
    check_count(product.stock, count)
    delta = count - (product.stock or 0)
    return adjust_stock(tx, product_id, delta, reason=reason, key=key, by=by) if delta else count


def check_count(stock: int | None, count: int) -> None:
    """Whether there can be so many of what has this stock now. Raises Invalid."""
    faults = Faults()
    faults.whole("count", count, least=0, most=MOST_STOCK)
    if stock is None:
        faults.add("count", N_("Only goods have a stock."))
    faults.stop()


def _move(tx: Tx, key: str, product_id: UUID, delta: int, reason: str) -> bool:
    """Writes the movement and the count together. False if this key has moved before. Raises OutOfStock, NotFound."""
    movement = {"id": new_id(), "product_id": product_id, "delta": delta, "reason": reason, "key": key}
    ((moved, counted),) = wire.ask(tx, MOVE, movement)
    if moved and not counted:
        tx.execute(delete(StockMovement).where(StockMovement.id == movement["id"]))
        left = tx.execute(select(Product.name, Product.stock).where(Product.id == product_id)).one_or_none()
        if left is None or left.stock is None:
            raise NotFound
        raise OutOfStock(name=left.name, left=left.stock)
    if moved:
        _forget_count(tx, product_id)
    return bool(moved)


def _forget_count(tx: Tx, product_id: UUID) -> None:
    """Lets a loaded product read its count again: the UPDATE went past it."""
    loaded = tx.identity_map.get(identity_key(Product, product_id))
    if loaded is not None:
        tx.expire(loaded, ["stock"])


def _positive(quantity: int) -> int:
    if quantity < 1:
        raise ValueError(f"{quantity} pieces cannot be moved")
    return quantity
