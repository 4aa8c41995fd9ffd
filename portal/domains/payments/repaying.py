"""Money going back: reserving it on the payment, sending it once per key, and what the provider says later.

`refunding` is on its way, `refunded` is gone; the database checks that both together never exceed what was paid.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from portal.domains.payments.errors import NothingLeft, NotYet, RefundDeclined
from portal.domains.payments.gateways import Gateway, Repayment, named
from portal.domains.payments.gateways.port import RepaymentRefused
from portal.domains.payments.models import OUTSIDE, Payment, PaymentAttempt
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import Refusal
from portal.kernel.steps import Call, Done, NoTrace, Unknown

# Nearly every order has one payment, and then nobody has to note which it was.
RESERVE = """
UPDATE payments SET refunding = refunding + %(amount)s, updated_at = now()
WHERE id = (
    SELECT id FROM payments
    WHERE order_id = %(order_id)s AND state = 'paid' AND amount - refunding - refunded >= %(amount)s
    ORDER BY created_at LIMIT 1
) AND amount - refunding - refunded >= %(amount)s
RETURNING id, (SELECT count(*) FROM payments AS one WHERE one.order_id = %(order_id)s AND one.state = 'paid')
"""
LEFT = """
SELECT id, amount - refunding - refunded FROM payments
WHERE order_id = %(order_id)s AND state = 'paid' AND amount > refunding + refunded
ORDER BY amount - refunding - refunded DESC, id FOR UPDATE
"""
RESERVE_PART = wire.exactly_one("""
UPDATE payments SET refunding = refunding + %(amount)s, updated_at = now() WHERE id = %(id)s RETURNING id
""")
INTEND = wire.exactly_one("""
INSERT INTO payment_attempts (key, payment_id, kind, amount)
SELECT %(key)s, id, 'refund', %(amount)s FROM payments
WHERE order_id = %(order_id)s AND state = 'paid' AND id = coalesce(CAST(%(payment_id)s AS uuid), id)
RETURNING key
""")
SENT = """
WITH attempt AS (
    UPDATE payment_attempts SET state = %(state)s, provider_ref = %(ref)s, answer = %(answer)s, updated_at = now()
    WHERE key = %(key)s
    RETURNING payment_id, payment_attempts.amount
)
UPDATE payments SET
    refunding = refunding - attempt.amount, refunded = refunded + attempt.amount, updated_at = now()
FROM attempt WHERE id = payment_id AND state = 'paid' AND refunding >= attempt.amount
"""


@dataclass(frozen=True)
class Part:
    """So much of what goes back, set aside on this payment; None: on the only one its order has."""

    payment_id: UUID | None
    amount: Decimal


def reserve(tx: Tx, order_id: UUID, amount: Decimal) -> list[Part]:
    """Sets aside what will go back: on one payment if one has so much left, else on as few as there need be.

    Raises NothingLeft when all together have less than that left.
    """
    if amount == 0:
        return []
    rows = wire.ask(tx, RESERVE, {"order_id": order_id, "amount": amount})
    if rows:
        ((payment_id, payments),) = rows
        return [Part(payment_id if payments > 1 else None, amount)]
    parts, wanted = [], amount
    for payment_id, left in wire.ask(tx, LEFT, {"order_id": order_id}):
        parts.append(Part(payment_id, min(left, wanted)))
        wanted -= parts[-1].amount
        if not wanted:
            break
    if wanted:
        raise NothingLeft
    for part in parts:
        wire.later(tx, RESERVE_PART, {"id": part.payment_id, "amount": part.amount})
    return parts


def release(tx: Tx, order_id: UUID, part: Part) -> None:
    """Undoes `reserve` for one part."""
    if not part.amount:
        return
    of = (Payment.order_id == order_id) & (Payment.state == "paid") & (Payment.refunding >= part.amount)
    if part.payment_id:
        of &= Payment.id == part.payment_id
    changed = tx.execute(
        update(Payment)
        .where(of)
        .values(refunding=Payment.refunding - part.amount, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result counts rows
        raise RuntimeError(f"order {order_id} has no {part.amount} reserved to release")


def intend(tx: Tx, key: str, order_id: UUID, part: Part) -> None:
    """Writes the attempt that is about to be sent."""
    wire.later(tx, INTEND, {"key": key, "order_id": order_id, "payment_id": part.payment_id, "amount": part.amount})


def send(call: Call, key: str) -> Done:
    """Sends the money back under the attempt's key. Raises RefundDeclined, or Unknown."""
    paid = _paid(call, key)
    try:
        return _answer(paid.gateway.repay(paid.ref, amount=paid.amount, currency=paid.currency, key=key))
    except RepaymentRefused as refused:
        raise RefundDeclined(reason=str(refused)) from refused


def arrived(call: Call, order_id: UUID) -> bool:
    """Whether a try that failed by our books did not by the provider's: then nothing is sent in its place."""
    with call.fenced() as tx:
        query = (
            select(PaymentAttempt.key, Payment.provider, Payment.provider_ref)
            .join(Payment, Payment.id == PaymentAttempt.payment_id)
            .where(Payment.order_id == order_id, PaymentAttempt.kind == "refund", PaymentAttempt.state == "failed")
        )
        failed = [(key, named(provider), str(ref)) for key, provider, ref in tx.execute(query)]
    found = (gateway.find_repayment(ref, key) for key, gateway, ref in failed)
    return any(one and one.status != "failed" for one in found)


def ask(call: Call, key: str) -> Done | NoTrace:
    """Asks the provider whether the money was sent. Raises RefundDeclined if it was tried and failed there."""
    paid = _paid(call, key)
    found = paid.gateway.find_repayment(paid.ref, key)
    return _answer(found) if found else NoTrace(settled=False)


def record(tx: Tx, key: str, answer: Done | Refusal | Unknown) -> None:
    """Writes what the provider said. Accepted money counts as gone, even while it is still pending there."""
    if isinstance(answer, Done):
        wire.later(tx, SENT, {"ref": answer.output["ref"], **_outcome(answer), "key": key})
    else:
        note(tx, key, answer)


def note(tx: Tx, key: str, answer: Done | Refusal | Unknown) -> None:
    """Writes on the attempt alone what the provider said: of money that counts as gone since an earlier attempt."""
    if isinstance(answer, Done):
        _note(tx, PaymentAttempt.key == key, ref=answer.output["ref"], **_outcome(answer))
    elif isinstance(answer, Refusal):
        _note(tx, PaymentAttempt.key == key, "failed", answer=str(answer.params.get("reason", answer.code)))
    else:
        _note(tx, PaymentAttempt.key == key, "unknown", answer=str(answer))


@dataclass(frozen=True)
class Settled:
    """A repayment that the provider has finished or failed, and the key of the attempt it belongs to."""

    key: str
    done: bool


def settle(tx: Tx, repayment: Repayment, charge_ref: str | None = None) -> Settled | None:
    """A repayment has come to its end at the provider. None if it is not ours or was at that end before.

    One that had arrived may fail after all: some banks say so weeks later.

    Raises NotYet while one of ours for this charge is under way and has no reference: it may be this very one.
    """
    if repayment.status == "pending":
        return None
    if _under_way(tx, repayment.ref, charge_ref):
        raise NotYet
    state, before = ("done", ("pending",)) if repayment.status == "done" else ("failed", ("pending", "done"))
    where = (
        (PaymentAttempt.provider_ref == repayment.ref)
        & (PaymentAttempt.kind == "refund")
        & PaymentAttempt.state.in_(before)
    )
    key = _note(tx, where, state, answer=repayment.reason)
    return Settled(key, repayment.status == "done") if key else None


def _under_way(tx: Tx, ref: str, charge_ref: str | None) -> bool:
    known = select(PaymentAttempt.key).where(PaymentAttempt.provider_ref == ref)
    sending = (
        select(PaymentAttempt.key)
        .join(Payment, Payment.id == PaymentAttempt.payment_id)
        .where(
            Payment.provider_ref == charge_ref,
            PaymentAttempt.kind == "refund",
            PaymentAttempt.state.in_(("sent", "unknown")),
            PaymentAttempt.provider_ref.is_(None),
        )
    )
    return tx.execute(known).first() is None and tx.execute(sending).first() is not None


def outside(tx: Tx, key: str, failed_key: str, amount: Decimal, reference: str) -> None:
    """Writes an attempt that went past the provider, in place of one that had failed: a person says where it is."""
    payment_id = select(PaymentAttempt.payment_id).where(PaymentAttempt.key == failed_key).scalar_subquery()
    tx.add(
        PaymentAttempt(
            key=key,
            payment_id=payment_id,
            kind="refund",
            state="done",
            amount=amount,
            provider_ref=reference,
            answer=OUTSIDE,
        )
    )
    tx.flush()


@dataclass(frozen=True)
class _Paid:
    """The charge that an attempt sends something of back, and how much."""

    gateway: Gateway
    ref: str
    currency: str
    amount: Decimal


def _paid(call: Call, key: str) -> _Paid:
    with call.fenced() as tx:
        row = tx.execute(
            select(Payment.provider, Payment.provider_ref, Payment.currency, PaymentAttempt.amount)
            .join(PaymentAttempt, PaymentAttempt.payment_id == Payment.id)
            .where(PaymentAttempt.key == key)
        ).one()
    return _Paid(named(row.provider), str(row.provider_ref), row.currency, row.amount)


def _outcome(answer: Done) -> dict[str, Any]:
    done, outside = answer.output["status"] == "done", answer.output.get("outside")
    return {"state": "done" if done else "pending", "answer": OUTSIDE if outside else None}


def _answer(repayment: Repayment) -> Done:
    if repayment.status == "failed":
        raise RefundDeclined(reason=repayment.reason)
    return Done({"ref": repayment.ref, "status": repayment.status})


def _note(tx: Tx, where: Any, state: str, *, ref: str | None = None, answer: str | None = None) -> str | None:
    values = {"state": state, "answer": answer, "updated_at": func.now()} | ({"provider_ref": ref} if ref else {})
    return tx.execute(
        update(PaymentAttempt)
        .where(where)
        .values(values)
        .returning(PaymentAttempt.key)
        .execution_options(synchronize_session=False)
    ).scalar()
