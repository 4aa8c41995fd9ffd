"""Reading orders: one of them, somebody's, or all for staff; every list is bounded and ordered by an index."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import selectinload

from portal.domains.orders.models import Order, OrderLine
from portal.kernel import rows, wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

PAGE = 25

# An order and its lines travel in one trip.
ORDERS = f"SELECT {rows.columns(Order)} FROM orders WHERE {{which}} {{how}}"  # noqa: S608  # our own words
LINES = f"""
SELECT {rows.columns(OrderLine)} FROM order_lines
WHERE order_id IN (SELECT id FROM orders WHERE {{which}}) ORDER BY position
"""  # noqa: S608  # our own words
LOCKED = "FOR NO KEY UPDATE"


def get_order(tx: Tx, order_id: UUID) -> Order:
    """The order with its lines. Raises NotFound."""
    return _get(tx, "id = %(id)s", {"id": order_id})


def lock_order(tx: Tx, order_id: UUID) -> Order:
    """The same, and until the transaction ends nobody else has it locked: what its lines do now, they do alone.
    Raises NotFound."""
    return _get(tx, "id = %(id)s", {"id": order_id}, how=LOCKED)


def find_by_number(tx: Tx, number: str) -> Order | None:
    """The order of this number, without its lines."""
    return tx.execute(select(Order).where(Order.number == number)).scalar_one_or_none()


def get_by_number(tx: Tx, number: str, *, account_id: UUID | None = None) -> Order:
    """The order with its lines. With an account, only that person's own. Raises NotFound either way."""
    if account_id is None:
        return _get(tx, "number = %(number)s", {"number": number.upper()})
    given = {"number": number.upper(), "account_id": account_id}
    return _get(tx, "number = %(number)s AND account_id = %(account_id)s", given)


def orders_of(
    tx: Tx, account_id: UUID, *, limit: int = PAGE, before: tuple[datetime, UUID] | None = None
) -> Sequence[Order]:
    """Somebody's orders, newest first, at most `limit`; `before` is the (placed_at, id) of the last one seen."""
    query = select(Order).where(Order.account_id == account_id).options(selectinload(Order.lines))
    if before:
        query = query.where(tuple_(Order.placed_at, Order.id) < before)
    return tx.execute(query.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit)).scalars().all()


def recent_orders(
    tx: Tx,
    *,
    state: str | None = None,
    number: str | None = None,
    limit: int = PAGE,
    before: tuple[datetime, UUID] | None = None,
) -> Sequence[Order]:
    """Orders for staff, newest first, at most `limit`, by state or by the beginning of a number."""
    query = select(Order).options(selectinload(Order.lines))
    if state:
        query = query.where(Order.state == state)
    if number:
        query = query.where(Order.number.startswith(number.upper(), autoescape=True))
    if before:
        query = query.where(tuple_(Order.placed_at, Order.id) < before)
    return tx.execute(query.order_by(Order.placed_at.desc(), Order.id.desc()).limit(limit)).scalars().all()


def lines_of_holds(tx: Tx, hold_ids: Sequence[UUID]) -> Sequence[OrderLine]:
    """The order lines that book these holds."""
    return tx.execute(select(OrderLine).where(OrderLine.hold_id.in_(hold_ids))).scalars().all()


def _get(tx: Tx, which: str, given: wire.Given, *, how: str = "") -> Order:
    """The one order that meets the condition, with its lines. Raises NotFound."""
    found, lines = wire.ask_all(tx, (ORDERS.format(which=which, how=how), given), (LINES.format(which=which), given))
    if not found:
        raise NotFound
    (order,) = rows.with_parts(tx, Order, found, "lines", lines)
    return order
