"""Reading payments: what was charged for an order, every try at the provider, and what has to be asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Exists, func, select, update

from portal.domains.payments.gateways import Gateway, current, plugged
from portal.domains.payments.models import Payment, PaymentAttempt
from portal.kernel.db import Tx


def payments_of(tx: Tx, order_id: UUID) -> Sequence[Payment]:
    """Every payment of an order and of its moves, oldest first; of those of one of them at most one is not refused."""
    return tx.execute(select(Payment).where(Payment.order_id == order_id).order_by(Payment.created_at)).scalars().all()


def taken(tx: Tx, order_ids: Collection[UUID]) -> set[UUID]:
    """Those of these orders whose money was taken, whatever came back since: of cancelled ones, where it came late."""
    if not order_ids:
        return set()
    query = select(Payment.order_id).where(Payment.order_id.in_(order_ids), Payment.state == "paid")
    return set(tx.scalars(query))


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


@dataclass(frozen=True)
class PendingRepayment:
    """Money on its way back for days: the attempt, and whom to ask about which charge."""

    key: str
    provider: str
    charge_ref: str


def pending_repayments(tx: Tx, *, before: datetime, limit: int = 50) -> Sequence[PendingRepayment]:
    """Those of which nothing was heard since `before`, longest first, at most `limit`."""
    query = (
        select(PaymentAttempt.key, Payment.provider, Payment.provider_ref)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .where(PaymentAttempt.kind == "refund", PaymentAttempt.state == "pending", PaymentAttempt.updated_at < before)
        .order_by(PaymentAttempt.updated_at)
        .limit(limit)
    )
    return [PendingRepayment(key, provider, str(ref)) for key, provider, ref in tx.execute(query)]


def put_off(tx: Tx, key: str) -> None:
    """It was asked about just now and is still pending."""
    still = (PaymentAttempt.key == key) & (PaymentAttempt.state == "pending")
    tx.execute(
        update(PaymentAttempt).where(still).values(updated_at=func.now()).execution_options(synchronize_session=False)
    )
