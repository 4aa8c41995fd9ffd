"""Deciding about a refund: approval begins the saga, rejection gives a reason, its customer may take it back before.

One of the three happens, once, and is audited.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains import audit, notifications, orders
from portal.domains.refunds.errors import AlreadyDecided
from portal.domains.refunds.models import Refund, RefundLine
from portal.domains.refunds.queries import get_refund
from portal.kernel import sagas
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import reason_fault


def approve(tx: Tx, refund_id: UUID, *, by: UUID, now: datetime) -> Refund:
    """Sends the refund on its way; the caller commits. Raises NotFound, or AlreadyDecided."""
    refund = _decide(tx, refund_id, "approved", by, "", now)
    order = orders.get_order(tx, refund.order_id)
    send_on_its_way(tx, refund, order)
    audit.record(tx, by, "refund.approved", "order", str(order.id), refund=str(refund.id), amount=str(refund.amount))
    return refund


def send_on_its_way(tx: Tx, refund: Refund, order: orders.Order) -> None:
    """Begins the saga of an approved refund."""
    lines = tx.execute(select(RefundLine.order_line_id).where(RefundLine.refund_id == refund.id)).scalars().all()
    command = {
        "refund_id": refund.id,
        "order_id": order.id,
        "account_id": order.account_id,
        "line_ids": list(lines),
        "amount": refund.amount,
        "points": refund.points,
        "accrual": refund.accrual,
    }
    sagas.engine().begin(tx, "refund", str(refund.id), command)


def reject(tx: Tx, refund_id: UUID, *, by: UUID, reason: str, now: datetime) -> Refund:
    """Says no, and why; the customer reads it in a mail. Raises NotFound, AlreadyDecided, or Invalid on `reason`."""
    reason = reason.strip()
    if fault := reason_fault(reason, N_("The customer will read this: say why, please.")):
        raise Invalid({"reason": fault})
    refund = _decide(tx, refund_id, "rejected", by, reason, now)
    order = orders.get_order(tx, refund.order_id)
    data = {"number": order.number, "reason": reason, "amount": str(refund.amount), "currency": refund.currency}
    notifications.queue(tx, f"refund-rejected:{refund.id}", order.account_id, "refund_rejected", data)
    audit.record(tx, by, "refund.rejected", "order", str(order.id), refund=str(refund.id), reason=reason)
    return refund


def withdraw(tx: Tx, refund_id: UUID, *, by: UUID) -> Refund:
    """The customer wants nothing back after all; nothing has moved yet. Raises NotFound, or AlreadyDecided."""
    refund = _move_on(tx, refund_id, state="cancelled")
    audit.record(tx, by, "refund.withdrawn", "order", str(refund.order_id), refund=str(refund.id))
    return refund


def _decide(tx: Tx, refund_id: UUID, state: str, by: UUID, reason: str, now: datetime) -> Refund:
    return _move_on(tx, refund_id, state=state, decided_by=by, decision_reason=reason, decided_at=now)


def _move_on(tx: Tx, refund_id: UUID, **values: Any) -> Refund:
    """Of several who decide at once the row lets one through. Raises NotFound, or AlreadyDecided for the others."""
    moved = tx.execute(
        update(Refund)
        .where(Refund.id == refund_id, Refund.state == "requested")
        .values(**values, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    refund = get_refund(tx, refund_id)
    if moved.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result counts rows
        raise AlreadyDecided
    return refund
