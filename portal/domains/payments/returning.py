"""A customer comes back from the provider: what the browser says is compared with what we know, and wakes the saga."""

from collections.abc import Mapping

from sqlalchemy import func, select, update

from portal.domains import orders
from portal.domains.payments.gateways import Back, Gateway, current, named, plugged
from portal.domains.payments.models import Payment, PaymentAttempt
from portal.kernel import sagas
from portal.kernel.db import Tx


def brings_something(query: Mapping[str, str]) -> bool:
    """Whether this address is one that a provider sends customers back to. Asks nobody: a mere look costs nothing."""
    return any(gateway.read_return(query) for gateway in plugged())


def come_back(tx: Tx, order: orders.Order, query: Mapping[str, str], *, move_number: str | None = None) -> bool:
    """Takes what fits this order, or this move of it, and looks again. False for somebody who only looks at the page.

    The charge is confirmed for the amount that we stored, never for the one the browser names; a reference that was
    made up takes no money, it only ends this order.
    """
    number = move_number or order.number
    attempt = _open_attempt(tx, order, move_number)
    gateway = named(attempt[1].provider) if attempt else current()
    back = gateway.read_return(query)
    if back is None:
        return False
    if attempt and gateway.customer_begins:
        _take(tx, gateway, number, *attempt, back)
    if move_number:
        sagas.engine().wake(tx, "move", move_number)
    elif order.state in {"processing", "awaiting_payment"}:
        sagas.engine().wake(tx, "payment", order.number)
    return True


def _open_attempt(tx: Tx, order: orders.Order, move_number: str | None) -> tuple[PaymentAttempt, Payment] | None:
    row = tx.execute(
        select(PaymentAttempt, Payment)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .where(
            Payment.order_id == order.id,
            Payment.move_number.is_not_distinct_from(move_number),
            PaymentAttempt.kind == "charge",
            PaymentAttempt.state.in_(("sent", "pending", "unknown")),
        )
        .order_by(PaymentAttempt.created_at.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def _take(tx: Tx, gateway: Gateway, number: str, attempt: PaymentAttempt, payment: Payment, back: Back) -> None:
    if back.order_ref != gateway.order_ref(number, attempt.key):
        return
    free = (PaymentAttempt.key == attempt.key) & PaymentAttempt.provider_ref.is_(None)
    if back.refused:
        values = {"answer": back.refused}
        free &= PaymentAttempt.state == "pending"
    elif back.ref and back.amount == attempt.amount and not _elsewhere(tx, payment, back.ref):
        values = {"provider_ref": back.ref}
    else:
        return
    taken = tx.execute(
        update(PaymentAttempt)
        .where(free)
        .values(**values, updated_at=func.now())
        .returning(PaymentAttempt.key)
        .execution_options(synchronize_session=False)
    ).scalar()
    if taken and "provider_ref" in values:
        tx.execute(
            update(Payment)
            .where(Payment.id == payment.id)
            .values(provider_ref=back.ref, updated_at=func.now())
            .execution_options(synchronize_session=False)
        )


def _elsewhere(tx: Tx, payment: Payment, ref: str) -> bool:
    """The charge belongs to another order."""
    other = select(Payment.id).where(Payment.provider == payment.provider, Payment.provider_ref == ref)
    return tx.execute(other).first() is not None
