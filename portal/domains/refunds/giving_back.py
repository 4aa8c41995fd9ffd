"""Giving back a booking that was paid and could not be completed: the whole order, decided by staff, as a refund."""

from datetime import datetime
from uuid import UUID

from portal.domains import orders, points
from portal.domains.refunds.deciding import send_on_its_way
from portal.domains.refunds.models import Refund, RefundLine
from portal.kernel.db import Tx
from portal.kernel.ids import new_id


def give_back(tx: Tx, order_id: UUID, *, by: UUID, reason: str, now: datetime) -> Refund:
    """Begins a refund of everything: money, points and places.

    Only for an order whose payment was handed over by its saga; the caller makes sure of that in this transaction.
    """
    order = orders.get_order(tx, order_id)
    refund = Refund(
        id=new_id(),
        order_id=order.id,
        state="approved",
        amount=order.charge,
        points=order.points_used,
        accrual=points.earned_by(tx, order.account_id, order.id),
        currency=order.currency,
        reason=reason,
        requested_by=by,
        decided_by=by,
        decision_reason=reason,
        decided_at=now,
        created_at=now,
    )
    tx.add(refund)
    tx.flush()
    for line in order.lines:
        tx.add(
            RefundLine(refund_id=refund.id, order_line_id=line.id, amount=line.charge_share, points=line.points_share)
        )
    tx.flush()
    send_on_its_way(tx, refund, order)
    return refund
