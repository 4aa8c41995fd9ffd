"""Reading payments: what was charged for an order and every try at the provider."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Exists, select

from portal.domains.payments.gateways import Gateway, current, plugged
from portal.domains.payments.models import Payment, PaymentAttempt
from portal.kernel.db import Tx


def payments_of(tx: Tx, order_id: UUID) -> Sequence[Payment]:
    """Every payment of an order, oldest first; at most one of them is not refused."""
    return tx.execute(select(Payment).where(Payment.order_id == order_id).order_by(Payment.created_at)).scalars().all()


def in_use(tx: Tx) -> list[Gateway]:
    """The provider that new charges go to, and every other one that has charged for us before."""
    served = [one for one in plugged() if tx.execute(select(_charged_by(one.name))).scalar_one()]
    return served if current() in served else [current(), *served]


def _charged_by(provider: str) -> Exists:
    return select(Payment.id).where(Payment.provider == provider).exists()


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
