"""The steps of the refund saga that belong to the refund: reserve the amount, send it back, tell the customer."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains import audit, notifications, orders, payments
from portal.domains.payments import NothingLeft, RefundDeclined, repaying
from portal.domains.refunds.models import Refund, RefundLine
from portal.domains.refunds.setting_aside import put_back, set_aside
from portal.kernel import sagas, wire
from portal.kernel.db import Tx
from portal.kernel.errors import Refusal
from portal.kernel.steps import Call, Definition, Done, External, NoTrace, Unknown, function

# Answers from which payment it goes back (none: from the only one), and how much: the rest are parts of their own.
INTENDED = """
UPDATE refunds SET attempt_key = %(key)s, updated_at = now() WHERE id = %(id)s AND state = 'approved'
RETURNING payment_id,
    amount - coalesce((SELECT sum(part.amount) FROM refunds AS part WHERE part.part_of = refunds.id), 0)
"""
# Answers its other parts, which may go now that the first is on its way.
SENT = """
WITH sent AS (
    UPDATE refunds SET
        state = CASE WHEN %(settled)s THEN 'settled' ELSE 'sent' END,
        sent_at = now(), settled_at = CASE WHEN %(settled)s THEN now() END, updated_at = now()
    WHERE id = %(id)s AND state = 'approved'
)
SELECT id, order_id, amount FROM refunds WHERE part_of = %(id)s AND state = 'approved' ORDER BY id
"""


@function("refund", "the amount is set aside on the payment", (NothingLeft,))
def reserve(tx: Tx, refund_id: UUID, order_id: UUID, amount: Decimal) -> dict[str, Any]:
    """Request refund: sets aside what will go back, so that two refunds can never share it."""
    set_aside(tx, refund_id, order_id, amount)
    return {"amount": str(amount)}


@function("refund", "refund cancelled, the amount released", name="cancel refund")
def cancel(tx: Tx, refund_id: UUID, order_id: UUID, amount: Decimal, refusal: dict[str, Any] | None) -> None:
    """Cancel refund: the money stays where it is. Bears being run when nothing was set aside."""
    if not refusal or refusal.get("code") != NothingLeft.code:
        put_back(tx, refund_id, order_id, amount)
    change(tx, refund_id, {"approved"}, state="cancelled")


def intend(tx: Tx, key: str, order_id: UUID, amount: Decimal, refund_id: UUID) -> Done | None:
    """Writes the attempt. A refund of points alone calls nobody."""
    if amount == 0:
        change(tx, refund_id, {"approved"}, state="settled", sent_at=func.now(), settled_at=func.now())
        return Done({"repaid": "0"})
    ((payment_id, part),) = wire.ask(tx, INTENDED, {"id": refund_id, "key": key})
    repaying.intend(tx, key, order_id, payments.Part(payment_id, part))
    return None


def send(call: Call, key: str) -> Done:
    """Sends the money back under this attempt's key."""
    return repaying.send(call, key)


def ask(call: Call, key: str) -> Done | NoTrace:
    """Asks the provider whether it was sent."""
    return repaying.ask(call, key)


def record(tx: Tx, key: str, refund_id: UUID, answer: Done | Refusal | Unknown) -> None:
    """Writes the answer. The provider has accepted the money: sent; it says it arrived: settled."""
    repaying.record(tx, key, answer)
    if isinstance(answer, Done):
        parts = wire.ask(tx, SENT, {"id": refund_id, "settled": answer.output["status"] == "done"})
        for part_id, order_id, amount in parts:
            command = {"refund_id": part_id, "order_id": order_id, "amount": amount}
            sagas.engine().begin(tx, "remainder", str(part_id), command)


send_back = External(
    name="send_back",
    definition=Definition("payment", "the money is on its way back, once", (RefundDeclined,)),
    intend=intend,
    send=send,
    ask=ask,
    record=record,
)


send_rest_back = External(
    name="send_rest_back",
    definition=Definition("payment", "what the first payment could not give back is on its way, once"),
    intend=intend,
    send=send,
    ask=ask,
    record=record,
)
"""The same for another part of a refund whose first part is on its way: here a no of the provider is a matter for
people."""


@function("common", "a mail with the amounts and the calendar cancellation is queued")
def mail_done(tx: Tx, key: str, refund_id: UUID, order_id: UUID, account_id: UUID) -> dict[str, Any]:
    """Send e-mail: tells the customer what came back."""
    order = orders.get_order(tx, order_id)
    refund = tx.get_one(Refund, refund_id)
    refunded = set(tx.execute(select(RefundLine.order_line_id).where(RefundLine.refund_id == refund_id)).scalars())
    lines = [line for line in order.lines if line.id in refunded]
    data = {
        "number": order.number,
        "currency": order.currency,
        "amount": str(refund.amount),
        "points": refund.points,
        "accrual": refund.accrual,
        "fee": str(refund.fee),
        "lines": [{"title": line.title, "quantity": line.quantity, "amount": str(line.amount)} for line in lines],
        "events": orders.booking_events(
            tx, {line.hold_id: line.title for line in lines if line.hold_id}, status="CANCELLED", later=1
        ),
    }
    notifications.queue(tx, key, account_id, "refund_done", data)
    return {"lines": len(lines)}


def settled(tx: Tx, repayment: payments.Repayment, charge_ref: str | None = None) -> bool:
    """The provider says what became of a repayment. True if a refund of ours moved on, or came back. Raises NotYet."""
    found = payments.settle(tx, repayment, charge_ref)
    refund = tx.execute(select(Refund).where(Refund.attempt_key == found.key)).scalar() if found else None
    if found is None or refund is None:
        return False
    if found.done:
        return change(tx, refund.id, {"sent"}, state="settled", settled_at=func.now())
    about = {"refund": str(refund.id), "amount": str(refund.amount), "reason": repayment.reason or ""}
    audit.record(tx, None, "refund.returned", "order", str(refund.order_id), **about)
    return True


def change(tx: Tx, refund_id: UUID, allowed: set[str], **values: Any) -> bool:
    """Writes on the refund while it is in one of these states; False if it is in another."""
    moved = tx.execute(
        update(Refund)
        .where(Refund.id == refund_id, Refund.state.in_(allowed))
        .values(**values, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE's result counts rows
