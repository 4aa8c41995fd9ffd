"""The steps of the refund saga that belong to the order: mark lines as being cancelled, free them, or restore them.

The places stay taken until the money is on its way, so that a refused refund can put everything back.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains import catalog, reservations
from portal.domains.orders.errors import LinesGone
from portal.domains.orders.models import Order, OrderLine
from portal.kernel.db import Tx
from portal.kernel.steps import function


@function("order", "lines marked as being cancelled; the places stay taken", (LinesGone,))
def begin_cancellation(tx: Tx, order_id: UUID, line_ids: Sequence[UUID]) -> dict[str, Any]:
    """Cancel order: marks the lines that go, and frees nothing yet.

    An order that was paid and never completed is given back whole; its payment's saga was handed over before.
    """
    if _move_lines(tx, order_id, line_ids, "active", "cancelling") != len(line_ids):
        raise LinesGone
    _move_order(tx, order_id, {"completed", "processing"}, state="refunding")
    return {"lines": len(line_ids)}


@function("order", "lines active again, order completed as before", name="restore order")
def restore(tx: Tx, order_id: UUID, line_ids: Sequence[UUID]) -> None:
    """Restore order: the refund did not happen, so everything is as it was. Bears being run when nothing was marked."""
    if _move_lines(tx, order_id, line_ids, "cancelling", "active"):
        before = "processing" if reservations.awaits_payment(tx, order_id) else "completed"
        _move_order(tx, order_id, {"refunding"}, state=before)


@function("order", "lines cancelled, places free, goods back in stock, money noted")
def complete_cancellation(
    tx: Tx, key: str, order_id: UUID, line_ids: Sequence[UUID], amount: Decimal, points: int, accrual: int
) -> dict[str, Any]:
    """Complete order cancellation: frees the places and returns the goods; the last line makes the order refunded."""
    lines = tx.execute(
        select(OrderLine.kind, OrderLine.position, OrderLine.product_id, OrderLine.hold_id, OrderLine.quantity)
        .where(OrderLine.order_id == order_id, OrderLine.id.in_(line_ids))
        .order_by(OrderLine.position)
    ).all()
    _move_lines(tx, order_id, line_ids, "cancelling", "cancelled")
    holds = [line.hold_id for line in lines if line.hold_id]
    if holds:
        reservations.cancel(tx, order_id=order_id, hold_ids=holds)
    for line in lines:
        if line.kind == "goods":
            catalog.return_stock(tx, f"{key}:{line.position}", line.product_id, line.quantity)
    left = tx.execute(
        select(func.count()).where(OrderLine.order_id == order_id, OrderLine.state != "cancelled")
    ).scalar_one()
    _move_order(
        tx,
        order_id,
        {"refunding"},
        state="completed" if left else "refunded",
        refunded=Order.refunded + amount,
        points_returned=Order.points_returned + points,
        points_accrued=func.greatest(Order.points_accrued - accrual, 0),
    )
    return {"lines left": left}


def _move_lines(tx: Tx, order_id: UUID, line_ids: Sequence[UUID], before: str, after: str) -> int:
    moved = tx.execute(
        update(OrderLine)
        .where(OrderLine.order_id == order_id, OrderLine.id.in_(line_ids), OrderLine.state == before)
        .values(state=after)
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result counts rows


def _move_order(tx: Tx, order_id: UUID, allowed: set[str], **values: Any) -> None:
    moved = tx.execute(
        update(Order)
        .where(Order.id == order_id, Order.state.in_(allowed))
        .values(**values, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise RuntimeError(f"order {order_id} is not {' or '.join(sorted(allowed))}")
