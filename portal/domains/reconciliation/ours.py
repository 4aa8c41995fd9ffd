"""Our side of the books: charges and repayments by the provider's references, by our keys, and by time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from portal.domains import moving, orders, payments, refunds
from portal.domains.payments import Movement, Payment, PaymentAttempt
from portal.domains.reconciliation.comparing import Ours
from portal.kernel import sagas
from portal.kernel.db import Tx


def matching(tx: Tx, provider: str, moved: Sequence[Movement]) -> dict[str, Ours]:
    """What our books have of these movements, by the provider's reference; by our key where that was never learnt."""
    refs, keys = [one.ref for one in moved], [one.key for one in moved if one.key]
    named = or_(PaymentAttempt.provider_ref.in_(refs), Payment.provider_ref.in_(refs), PaymentAttempt.key.in_(keys))
    found = [_ours(row) for row in tx.execute(_books(provider).where(named))]
    by_ref = {(kind, here.ref): here for kind, here in found if here.ref}
    by_key = {(kind, here.key): here for kind, here in found}
    known: dict[str, Ours] = {}
    for one in moved:
        kind = "charge" if one.kind == "charge" else "refund"
        here = by_ref.get((kind, one.ref)) or by_key.get((kind, one.key or ""))
        if here:
            known[one.ref] = here
    return known


def done_between(
    tx: Tx, provider: str, since: datetime, until: datetime, *, after: str, limit: int
) -> list[tuple[str, Ours]]:
    """What our books count as done, in the order of the keys: (charge | refund, ours)."""
    charged = and_(PaymentAttempt.kind == "charge", Payment.state == "paid")
    sent_back = and_(PaymentAttempt.kind == "refund", PaymentAttempt.state.in_(("done", "pending")))
    query = _books(provider).where(
        PaymentAttempt.created_at >= since,
        PaymentAttempt.created_at < until,
        PaymentAttempt.key > after,
        or_(charged, sent_back),
    )
    return [_ours(row) for row in tx.execute(query.order_by(PaymentAttempt.key).limit(limit))]


def under_way(tx: Tx, numbers: Iterable[str]) -> set[str]:
    """The orders of these whose sagas still run by themselves: they are about to hear what we would say."""
    return {number for number in set(numbers) if _runs(tx, number)}


def _runs(tx: Tx, number: str) -> bool:
    progress = sagas.engine().progress
    number = payments.order_of(number)
    found = [progress(tx, kind, number) for kind in ("payment", "late_payment", "late_refund")]
    order = orders.find_by_number(tx, number)
    if order:
        found += [progress(tx, "move", move.number) for move in moving.moves_of(tx, order.id)]
        found += [progress(tx, *one) for refund in _refunds_of(tx, order.id) for one in refunds.processes_of(refund)]
    return any(one and not one.ended and one.state != "parked" for one in found)


def _refunds_of(tx: Tx, order_id: UUID) -> list[refunds.Refund]:
    """Every refund with its parts."""
    found = refunds.refunds_of(tx, order_id)
    return [*found, *refunds.parts_of(tx, [refund.id for refund in found])]


def _books(provider: str) -> "Select[PaymentAttempt, Payment, str, str | None]":
    return (
        select(PaymentAttempt, Payment, orders.Order.number, refunds.Refund.state)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .join(orders.Order, orders.Order.id == Payment.order_id)
        .outerjoin(refunds.Refund, refunds.Refund.attempt_key == PaymentAttempt.key)
        .where(Payment.provider == provider)
    )


def _ours(row: Any) -> tuple[str, Ours]:
    attempt, payment, number, refund = row
    charge = attempt.kind == "charge"
    # A payment's state tells «refused» from «cancelled». A refund whose customer was told that it was sent, and that
    # came back, is more than a try that failed.
    returned = attempt.state == "failed" and refund in {"sent", "settled"}
    return attempt.kind, Ours(
        state=payment.state if charge else "returned" if returned else attempt.state,
        amount=attempt.amount,
        currency=payment.currency,
        number=number,
        at=attempt.created_at,
        ref=(payment.provider_ref or attempt.provider_ref) if charge else attempt.provider_ref,
        key=attempt.key,
        outside=attempt.answer == payments.OUTSIDE,
    )
