"""Which payment a refund goes back from, and what of it goes back from another.

An order that moved to dearer times was paid in several charges, and a charge gives back no more than it took. Then the
refund goes back from one of them. Every other one it needs is a refund of its own, a part of the first, with its own
attempt, its own saga, and its own fate should a bank give the money back to us.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains import payments
from portal.domains.refunds.models import Refund
from portal.kernel.db import Tx
from portal.kernel.ids import new_id


def set_aside(tx: Tx, refund_id: UUID, order_id: UUID, amount: Decimal) -> None:
    """Sets the amount aside and notes from where it will go back. Raises NothingLeft, and then nothing is changed."""
    first, *others = payments.reserve(tx, order_id, amount) or [payments.Part(None, amount)]
    if first.payment_id is None:
        return
    tx.execute(
        update(Refund)
        .where(Refund.id == refund_id)
        .values(payment_id=first.payment_id, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    if others:
        whole = tx.get_one(Refund, refund_id, populate_existing=True)
        tx.add_all(_part_of(whole, part) for part in others)
        tx.flush()


def put_back(tx: Tx, refund_id: UUID, order_id: UUID, amount: Decimal) -> None:
    """Undoes `set_aside`: nothing of it goes back."""
    parts = parts_of(tx, [refund_id])
    payment_id = tx.scalar(select(Refund.payment_id).where(Refund.id == refund_id))
    own = amount - sum((part.amount for part in parts), Decimal(0))
    payments.release(tx, order_id, payments.Part(payment_id, own))
    for part in parts:
        payments.release(tx, order_id, payments.Part(part.payment_id, part.amount))
        part.state = "cancelled"
    tx.flush()


def parts_of(tx: Tx, refund_ids: Sequence[UUID]) -> Sequence[Refund]:
    """The other parts of these refunds, in the order in which they were made."""
    if not refund_ids:
        return ()
    query = select(Refund).where(Refund.part_of.in_(refund_ids)).order_by(Refund.id)
    return tx.scalars(query.execution_options(populate_existing=True)).all()


def _part_of(whole: Refund, part: payments.Part) -> Refund:
    same = {name: getattr(whole, name) for name in SAME}
    return Refund(id=new_id(), part_of=whole.id, payment_id=part.payment_id, amount=part.amount, **same)


SAME = ("order_id", "state", "currency", "reason", "requested_by", "decided_by", "decided_at", "created_at")
"""What a part has from its refund; lines and points stay with that."""
