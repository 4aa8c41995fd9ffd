"""Reading payments: what was charged for an order and every try at the provider."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal.domains.payments.models import Payment, PaymentAttempt
from portal.kernel.db import Tx


def payments_of(tx: Tx, order_id: UUID) -> Sequence[Payment]:
    """Every payment of an order, oldest first; at most one of them is not refused."""
    return tx.execute(select(Payment).where(Payment.order_id == order_id).order_by(Payment.created_at)).scalars().all()


def attempts_of(tx: Tx, order_id: UUID) -> Sequence[PaymentAttempt]:
    """Every try at the provider for an order, oldest first."""
    return (
        tx.execute(
            select(PaymentAttempt)
            .join(Payment, Payment.id == PaymentAttempt.payment_id)
            .where(Payment.order_id == order_id)
            .order_by(PaymentAttempt.created_at)
        )
        .scalars()
        .all()
    )
