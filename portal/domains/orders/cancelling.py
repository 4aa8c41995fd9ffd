"""The steps of the refund saga that belong to the order: mark lines as being cancelled, free them, or restore them.

The places stay taken until the money is on its way, so that a refused refund can put everything back.
"""

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any
from uuid import UUID

from portal.domains import catalog, reservations
from portal.domains.orders.errors import LinesGone
from portal.domains.orders.lines import Line, by_product
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.steps import function

MOVE_LINES = """
UPDATE order_lines SET state = %(after)s WHERE order_id = %(order_id)s AND id IN (%(line_ids)s) AND state = %(before)s
RETURNING kind, position, product_id, hold_id, quantity
"""
BEGIN = wire.exactly_one("""
UPDATE orders SET state = 'refunding', updated_at = now()
WHERE id = %(order_id)s AND state IN ('completed', 'processing')
RETURNING id
""")
RESTORE = wire.exactly_one("""
UPDATE orders SET state = %(state)s, updated_at = now() WHERE id = %(order_id)s AND state = 'refunding' RETURNING id
""")
COMPLETE = """
WITH kept AS (SELECT count(*) AS lines FROM order_lines WHERE order_id = %(order_id)s AND state <> 'cancelled')
UPDATE orders SET
    state = CASE WHEN kept.lines > 0 THEN 'completed' ELSE 'refunded' END,
    refunded = refunded + %(amount)s,
    points_returned = points_returned + %(points)s,
    points_accrued = greatest(points_accrued - %(accrual)s, 0),
    updated_at = now()
FROM kept WHERE id = %(order_id)s AND state = 'refunding'
RETURNING kept.lines
"""


@function("order", "lines marked as being cancelled; the places stay taken", (LinesGone,))
def begin_cancellation(tx: Tx, order_id: UUID, line_ids: Sequence[UUID]) -> dict[str, Any]:
    """Cancel order: marks the lines that go, and frees nothing yet.

    An order that was paid and never completed is given back whole; its payment's saga was handed over before.
    """
    if len(_move_lines(tx, order_id, line_ids, "active", "cancelling")) != len(line_ids):
        raise LinesGone
    wire.later(tx, BEGIN, {"order_id": order_id})
    return {"lines": len(line_ids)}


@function("order", "lines active again, order completed as before", name="restore order")
def restore(tx: Tx, order_id: UUID, line_ids: Sequence[UUID]) -> None:
    """Restore order: the refund did not happen, so everything is as it was. Bears being run when nothing was marked."""
    if _move_lines(tx, order_id, line_ids, "cancelling", "active"):
        before = "processing" if reservations.awaits_payment(tx, order_id) else "completed"
        wire.later(tx, RESTORE, {"order_id": order_id, "state": before})


@function("order", "lines cancelled, places free, goods back in stock, money noted")
def complete_cancellation(
    tx: Tx, key: str, order_id: UUID, line_ids: Sequence[UUID], amount: Decimal, points: int, accrual: int
) -> dict[str, Any]:
    """Complete order cancellation: frees the places and returns the goods; the last line makes the order refunded."""
    lines = _move_lines(tx, order_id, line_ids, "cancelling", "cancelled")
    reservations.cancel(tx, order_id=order_id, hold_ids=[line.hold_id for line in lines if line.hold_id])
    for line in sorted(lines, key=attrgetter("product_id")):  # as everybody does, so that nobody waits in a circle
        if line.kind == "goods":
            catalog.return_stock(tx, f"{key}:{line.position}", line.product_id, line.quantity)
    money = {"amount": amount, "points": points, "accrual": accrual}
    ((left,),) = wire.ask(tx, COMPLETE, {"order_id": order_id, **money})
    return {"lines left": left}


def _move_lines(tx: Tx, order_id: UUID, line_ids: Sequence[UUID], before: str, after: str) -> list[Line]:
    """The lines that moved."""
    sql, ids = wire.each(MOVE_LINES, "line_ids", line_ids)
    moved = wire.ask(tx, sql, {**ids, "order_id": order_id, "before": before, "after": after})
    return sorted((Line(*row) for row in moved), key=by_product)
