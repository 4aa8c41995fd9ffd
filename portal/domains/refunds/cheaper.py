"""The difference of a booking that moved to a cheaper time: set aside when it has moved, and sent back on its own."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from portal.domains.refunds.models import Refund
from portal.domains.refunds.returning import ask, intend, record, send
from portal.domains.refunds.setting_aside import set_aside
from portal.kernel.db import Tx
from portal.kernel.steps import Definition, External


def give_difference_back(
    tx: Tx, refund_id: UUID, *, order_id: UUID, amount: Decimal, currency: str, by: UUID, now: datetime
) -> None:
    """Writes the refund by which it goes back. No line is part of it: the booking stands, at another time.

    Nobody decides about it; the price of the new time did. Nothing of an amount of nothing is written.
    """
    if not amount:
        return
    refund = Refund(
        id=refund_id,
        order_id=order_id,
        state="approved",
        amount=amount,
        currency=currency,
        reason="",
        requested_by=by,
        decided_at=now,
        created_at=now,
    )
    tx.add(refund)
    tx.flush()
    set_aside(tx, refund_id, order_id, amount)


send_difference_back = External(
    name="send_difference_back",
    definition=Definition("payment", "the difference is on its way back, once"),
    intend=intend,
    send=send,
    ask=ask,
    record=record,
)
"""The same as for a refund, but the booking has moved: a no of the provider is a matter for people."""
