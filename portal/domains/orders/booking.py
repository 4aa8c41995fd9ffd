"""The steps of the payment saga that belong to the order: look up, create, complete, and cancel on the way back."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, update

from portal.domains import catalog, notifications, reservations
from portal.domains.orders.errors import HoldsGone
from portal.domains.orders.lines import Line, by_product
from portal.domains.orders.models import Order
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.steps import function

GRACE = timedelta(minutes=5)
"""How long a hold lasts at least when a refused payment gives it back, so that another card can be tried."""

PAYABLE = ("processing", "awaiting_payment")
"""Where an order is while its payment is under way."""

UNWATCHED = frozenset({"not-confirmed", "too-late", "released"})
"""Refusals that come when nobody looks at the page any more; the others are shown where the card was typed in."""

AMOUNTS = "SELECT total, points_used, charge FROM orders WHERE id = %(order_id)s"
LINES = """
SELECT kind, position, product_id, hold_id, quantity FROM order_lines WHERE order_id = %(order_id)s ORDER BY position
"""
COMPLETE = wire.exactly_one("""
UPDATE orders
SET state = 'completed', points_accrued = %(accrual)s, action_url = NULL, pay_by = NULL, updated_at = now()
WHERE id = %(order_id)s AND state IN ('processing', 'awaiting_payment')
RETURNING id
""")
ANSWERED = """
UPDATE orders SET state = 'processing', action_url = NULL, pay_by = NULL, updated_at = now()
WHERE id = %(order_id)s AND state = 'awaiting_payment'
"""


@function("order", "the order's total, points and charge")
def look_up(tx: Tx, order_id: UUID) -> dict[str, Any]:
    """Look up order: reads again what the checkout page showed."""
    ((total, points, charge),) = wire.ask(tx, AMOUNTS, {"order_id": order_id})
    return {"total": str(total), "points": points, "charge": str(charge)}


@function("order", "lines fixed, goods taken from stock", (catalog.OutOfStock, HoldsGone))
def create(tx: Tx, key: str, order_id: UUID) -> dict[str, Any]:
    """Create order: makes sure every place is still bound to it and takes its goods from stock."""
    written, bound = wire.ask_all(tx, (LINES, {"order_id": order_id}), reservations.bound_holds(order_id))
    lines = [Line(*row) for row in written]
    if {line.hold_id for line in lines if line.kind == "booking"} - {hold_id for (hold_id,) in bound}:
        raise HoldsGone
    for line in sorted(lines, key=by_product):
        if line.kind == "goods":
            catalog.take_stock(tx, f"{key}:{line.position}", line.product_id, line.quantity)
    return {"lines": len(lines)}


@function("order", "order cancelled; stock back, holds back for at least five minutes", name="cancel order")
def cancel(tx: Tx, key: str, done_key: str, order_id: UUID, refusal: Mapping[str, Any] | None) -> None:
    """Cancel order: gives back goods and places, and notes why. Bears being run when nothing was taken."""
    for line in sorted(lines_of(tx, order_id), key=by_product):
        if line.kind == "goods":
            catalog.return_taken_stock(tx, f"{done_key}:{line.position}")
    reservations.unbind(tx, order_id, at_least=GRACE)
    code = (refusal or {}).get("code")
    values = {"state": "cancelled", "refusal": code, "action_url": None, "pay_by": None}
    move(tx, order_id, PAYABLE, **values)
    if code in UNWATCHED:
        _tell(tx, key, order_id, code)


@function("order", "order completed, its places confirmed")
def complete(tx: Tx, order_id: UUID, accrual: int) -> dict[str, Any]:
    """Complete order: the money is there, so the places are confirmed together with the order."""
    reservations.confirm(tx, order_id)
    wire.later(tx, COMPLETE, {"order_id": order_id, "accrual": accrual})
    return {"accrued": accrual}


def await_payment(tx: Tx, order_id: UUID, *, url: str, until: datetime) -> None:
    """The customer has to confirm at the provider; the places stay bound meanwhile."""
    move(tx, order_id, PAYABLE, state="awaiting_payment", action_url=url, pay_by=until)


def payment_answered(tx: Tx, order_id: UUID) -> None:
    """The provider has given its answer, so there is nothing left for the customer to confirm."""
    wire.later(tx, ANSWERED, {"order_id": order_id})


def _tell(tx: Tx, key: str, order_id: UUID, code: str) -> None:
    order = tx.get_one(Order, order_id, populate_existing=True)
    data = {"number": order.number, "currency": order.currency, "refusal": code, "points": order.points_used}
    notifications.queue(tx, key, order.account_id, "order_cancelled", data)


def lines_of(tx: Tx, order_id: UUID) -> list[Line]:
    """The lines as the steps take them, in the order in which they were written."""
    return [Line(*row) for row in wire.ask(tx, LINES, {"order_id": order_id})]


def move(tx: Tx, order_id: UUID, allowed: Collection[str], **values: Any) -> None:
    """Moves the order on, from an allowed state only. Raises RuntimeError otherwise: two sagas never own one order."""
    moved = tx.execute(
        update(Order)
        .where(Order.id == order_id, Order.state.in_(allowed))
        .values(**values, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result counts rows
        raise RuntimeError(f"order {order_id} is not {' or '.join(sorted(allowed))}")
