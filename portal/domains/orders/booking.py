"""The steps of the payment saga that belong to the order: look up, create, complete, and cancel on the way back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains import catalog, notifications, reservations
from portal.domains.orders.errors import HoldsGone
from portal.domains.orders.models import Order, OrderLine
from portal.kernel.db import Tx
from portal.kernel.steps import function

GRACE = timedelta(minutes=5)
"""How long a hold lasts at least when a refused payment gives it back, so that another card can be tried."""

UNWATCHED = frozenset({"not-confirmed", "too-late", "released"})
"""Refusals that come when nobody looks at the page any more; the others are shown where the card was typed in."""


@function("order", "the order's total, points and charge")
def look_up(tx: Tx, order_id: UUID) -> dict[str, Any]:
    """Look up order: reads again what the checkout page showed."""
    row = tx.execute(select(Order.total, Order.points_used, Order.charge).where(Order.id == order_id)).one()
    return {"total": str(row.total), "points": row.points_used, "charge": str(row.charge)}


@function("order", "lines fixed, goods taken from stock", (catalog.OutOfStock, HoldsGone))
def create(tx: Tx, key: str, order_id: UUID) -> dict[str, Any]:
    """Create order: makes sure every place is still bound to it and takes its goods from stock."""
    lines = _lines(tx, order_id)
    wanted = {line.hold_id for line in lines if line.kind == "booking"}
    if wanted - {hold.id for hold in reservations.bound(tx, order_id)}:
        raise HoldsGone
    for line in lines:
        if line.kind == "goods":
            catalog.take_stock(tx, f"{key}:{line.position}", line.product_id, line.quantity)
    return {"lines": len(lines)}


@function("order", "order cancelled; stock back, holds back for at least five minutes", name="cancel order")
def cancel(tx: Tx, key: str, done_key: str, order_id: UUID, refusal: Mapping[str, Any] | None) -> None:
    """Cancel order: gives back goods and places, and notes why. Bears being run when nothing was taken."""
    for line in _lines(tx, order_id):
        if line.kind == "goods":
            catalog.return_taken_stock(tx, f"{done_key}:{line.position}")
    reservations.unbind(tx, order_id, at_least=GRACE)
    code = (refusal or {}).get("code")
    values = {"state": "cancelled", "refusal": code, "action_url": None, "pay_by": None}
    _set(tx, order_id, {"processing", "awaiting_payment"}, **values)
    if code in UNWATCHED:
        _tell(tx, key, order_id, code)


@function("order", "order completed, its places confirmed")
def complete(tx: Tx, order_id: UUID, accrual: int) -> dict[str, Any]:
    """Complete order: the money is there, so the places are confirmed together with the order."""
    reservations.confirm(tx, order_id)
    _set(
        tx,
        order_id,
        {"processing", "awaiting_payment"},
        state="completed",
        points_accrued=accrual,
        action_url=None,
        pay_by=None,
    )
    return {"accrued": accrual}


def await_payment(tx: Tx, order_id: UUID, *, url: str, until: datetime) -> None:
    """The customer has to confirm at the provider; the places stay bound meanwhile."""
    _set(tx, order_id, {"processing", "awaiting_payment"}, state="awaiting_payment", action_url=url, pay_by=until)


def payment_answered(tx: Tx, order_id: UUID) -> None:
    """The provider has given its answer, so there is nothing left for the customer to confirm."""
    tx.execute(
        update(Order)
        .where(Order.id == order_id, Order.state == "awaiting_payment")
        .values(state="processing", action_url=None, pay_by=None)
        .execution_options(synchronize_session=False)
    )


def _tell(tx: Tx, key: str, order_id: UUID, code: str) -> None:
    order = tx.get_one(Order, order_id, populate_existing=True)
    data = {"number": order.number, "currency": order.currency, "refusal": code, "points": order.points_used}
    notifications.queue(tx, key, order.account_id, "order_cancelled", data)


def _lines(tx: Tx, order_id: UUID) -> list[Any]:
    columns = (OrderLine.kind, OrderLine.position, OrderLine.product_id, OrderLine.hold_id, OrderLine.quantity)
    return list(tx.execute(select(*columns).where(OrderLine.order_id == order_id).order_by(OrderLine.position)))


def _set(tx: Tx, order_id: UUID, allowed: set[str], **values: Any) -> None:
    """Moves the order on, from an allowed state only. Raises RuntimeError otherwise: two sagas never own one order."""
    moved = tx.execute(
        update(Order)
        .where(Order.id == order_id, Order.state.in_(allowed))
        .values(**values, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result counts rows
        raise RuntimeError(f"order {order_id} is not {' or '.join(sorted(allowed))}")
