"""Asking for a refund: the exact amount is worked out before, shown, and stored with the request."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.domains import audit, catalog, orders, reservations
from portal.domains.refunds import policy
from portal.domains.refunds.errors import AlreadyAsked, NotRefundable
from portal.domains.refunds.models import Refund, RefundLine
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, KeyReused
from portal.kernel.fields import reason_fault
from portal.kernel.ids import new_id


@dataclass(frozen=True)
class QuoteLine:
    """What one line would give back, by the terms it was bought under."""

    line: orders.OrderLine
    starts_at: datetime | None
    back: policy.Back


@dataclass(frozen=True)
class Quote:
    """What a refund would give back, to the won and the point."""

    lines: Sequence[QuoteLine]
    amount: Decimal
    points: int
    accrual: int
    fee: Decimal
    currency: str


def quote(tx: Tx, order: orders.Order, *, now: datetime, line_ids: Sequence[UUID] | None = None) -> Quote:
    """Works out what comes back for these lines (all that are active, if none are named).

    Raises NotRefundable when the order is not completed, one of its bookings is being moved, or a line is not active
    any more.
    """
    if any(line.state == "moving" for line in order.lines):
        raise NotRefundable
    active = [line for line in order.lines if line.state == "active"]
    chosen = [line for line in active if line_ids is None or line.id in set(line_ids)]
    if order.state != "completed" or not chosen or (line_ids is not None and len(chosen) != len(set(line_ids))):
        raise NotRefundable
    terms = catalog.terms_of_rules(tx, [line.refund_rule_id for line in chosen])
    held = reservations.holds(tx, [line.hold_id for line in order.lines if line.hold_id])
    starts = starts_of(order, {hold.id: hold.starts_at for hold in held})
    lines = []
    for line in chosen:
        said, starts_at = terms[line.refund_rule_id], starts[line.id]
        share = policy.share_at(said, starts_at, now)
        back = policy.back(line.charge_share, line.points_share, said, share, order.currency)
        lines.append(QuoteLine(line, starts_at, back))
    amount = sum((line.back.amount for line in lines), Decimal(0))
    fee = sum((line.back.fee for line in lines), Decimal(0))
    accrual = policy.accrual_back(order.points_accrued, order.charge - order.refunded, amount)
    return Quote(lines, amount, sum(line.back.points for line in lines), accrual, fee, order.currency)


def starts_of(order: orders.Order, held: Mapping[UUID, datetime]) -> dict[UUID, datetime | None]:
    """What start each line counts by: a booking by its own, goods by the first one they came with, if there is any.

    `held` are the starts of the order's holds.
    """
    first = min(held.values(), default=None)
    return {line.id: held[line.hold_id] if line.hold_id else first for line in order.lines}


def request(
    tx: Tx,
    order: orders.Order,
    *,
    by: UUID,
    reason: str,
    now: datetime,
    line_ids: Sequence[UUID] | None = None,
    idempotency_key: str | None = None,
) -> Refund:
    """Writes a request with the amount as quoted now; nothing moves until it is approved.

    The same key with the same request returns the refund there is. Raises NotRefundable, AlreadyAsked, KeyReused, or
    Invalid with a fault on `reason`.
    """
    request_hash = hashlib.sha256(json.dumps([reason, sorted(map(str, line_ids or []))]).encode()).hexdigest()
    # A move of it that begins at this moment, and the same request that came in twice at once, are waited for and seen.
    order = orders.lock_order(tx, order.id)
    if known := _find_by_key(tx, order.id, idempotency_key, request_hash):
        return known
    reason = reason.strip()
    if fault := reason_fault(reason, N_("Tell us briefly why, please.")):
        raise Invalid({"reason": fault})
    quoted = quote(tx, order, now=now, line_ids=line_ids)
    refund = Refund(
        id=new_id(),
        order_id=order.id,
        state="requested",
        amount=quoted.amount,
        points=quoted.points,
        accrual=quoted.accrual,
        fee=quoted.fee,
        currency=quoted.currency,
        reason=reason,
        requested_by=by,
        idempotency_key=idempotency_key,
        request_hash=request_hash,
        created_at=now,
    )
    try:
        with tx.begin_nested():
            tx.add(refund)
    except IntegrityError as error:
        raise AlreadyAsked from error
    for line in quoted.lines:
        tx.add(
            RefundLine(
                refund_id=refund.id,
                order_line_id=line.line.id,
                amount=line.back.amount,
                points=line.back.points,
                fee=line.back.fee,
            )
        )
    tx.flush()
    audit.record(tx, by, "refund.requested", "order", str(order.id), refund=str(refund.id), amount=str(refund.amount))
    return refund


def _find_by_key(tx: Tx, order_id: UUID, key: str | None, request_hash: str) -> Refund | None:
    """The refund this key has made already. Raises KeyReused if it was for another request."""
    if not key:
        return None
    query = select(Refund).where(Refund.order_id == order_id, Refund.idempotency_key == key)
    known = tx.execute(query).scalar_one_or_none()
    if known and known.request_hash != request_hash:
        raise KeyReused
    return known
