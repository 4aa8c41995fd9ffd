"""Late money that can no longer be booked: set aside, sent back whole, and told to the customer."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.domains import audit, notifications, orders
from portal.domains.refunds.models import Refund
from portal.domains.refunds.returning import ask, intend, record, send
from portal.domains.refunds.setting_aside import set_aside
from portal.kernel import clock, sagas
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from portal.kernel.steps import Definition, External, function


@function("refund", "the whole amount set aside, its way back begun", name="give late payment back")
def give_late_back(
    tx: Tx,
    order_id: UUID,
    account_id: UUID,
    number: str,
    charge: Decimal,
    currency: str,
    refusal: Mapping[str, Any] | None,
    *,
    now: datetime | None = None,
) -> None:
    """Give late payment back: the place, the goods or the points are gone, so nothing of the money may stay here.

    Points and lines are not part of it: they went back when the order was cancelled. Nobody asked for it, so it has no
    reason of anybody's.
    """
    now, why = now or clock.now(), (refusal or {}).get("code")
    refund = Refund(
        id=new_id(),
        order_id=order_id,
        state="approved",
        amount=charge,
        currency=currency,
        reason="",
        requested_by=account_id,
        decided_at=now,
        created_at=now,
    )
    tx.add(refund)
    tx.flush()
    set_aside(tx, refund.id, order_id, charge)
    command = {
        "refund_id": refund.id,
        "order_id": order_id,
        "number": number,
        "account_id": account_id,
        "amount": charge,
        "refusal_code": why,
    }
    sagas.engine().begin(tx, "late_refund", number, command)
    audit.record(tx, None, "late.given_back", "order", order_id, number=number, amount=charge, why=why)


send_late_back = External(
    name="send_late_back",
    definition=Definition("payment", "the late money is on its way back, once"),
    intend=intend,
    send=send,
    ask=ask,
    record=record,
)
"""The same as for a refund, but behind every way back: here a no of the provider is a matter for people."""


@function("common", "a mail with the amount and the reason is queued")
def mail_late_return(
    tx: Tx, key: str, order_id: UUID, account_id: UUID, amount: Decimal, refusal_code: str | None
) -> dict[str, Any]:
    """Send e-mail: what happened, why it was not booked, and that everything comes back."""
    order = orders.get_order(tx, order_id)
    data = {
        "number": order.number,
        "currency": order.currency,
        "amount": str(amount),
        "refusal": refusal_code,
        "lines": [{"title": line.title, "quantity": line.quantity, "amount": str(line.amount)} for line in order.lines],
    }
    notifications.queue(tx, key, account_id, "late_given_back", data)
    return {"amount": str(amount)}
