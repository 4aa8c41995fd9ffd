"""Accepting a checkout: one transaction that writes the order, binds its holds and begins the payment saga.

Whoever got the order's number back may lose power at once: the order will be paid and booked, or cancelled, by itself.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domains import points as point_ledger
from portal.domains import reservations
from portal.domains.orders import rules
from portal.domains.orders.lines import Goods, priced
from portal.domains.orders.models import Order
from portal.kernel import sagas, wire
from portal.kernel.db import Tx, stored
from portal.kernel.errors import N_, Fact, Invalid, KeyReused
from portal.kernel.ids import new_id, new_number

# The order with its lines in one statement, and nothing where the key has made an order already.
WRITE = """
WITH written AS (
    INSERT INTO orders (
        id, number, account_id, state, currency, total, points_used, charge, idempotency_key, request_hash,
        placed_at
    )
    VALUES (
        %(id)s, %(number)s, %(account_id)s, %(state)s, %(currency)s, %(total)s, %(points_used)s, %(charge)s,
        %(idempotency_key)s, %(request_hash)s, %(placed_at)s
    )
    ON CONFLICT (account_id, idempotency_key) DO NOTHING
    RETURNING id
)
INSERT INTO order_lines (
    id, order_id, position, kind, product_id, hold_id, title, quantity, amount, points_share, charge_share,
    refund_rule_id
)
SELECT line.id, written.id, position, kind, product_id, hold_id, title, quantity, amount, points_share, charge_share,
       refund_rule_id
FROM written, jsonb_to_recordset(CAST(%(lines)s AS jsonb)) AS line (
    id uuid, position int, kind text, product_id uuid, hold_id uuid, title text, quantity int, amount numeric,
    points_share int, charge_share numeric, refund_rule_id uuid
)
RETURNING id
"""


# Of two who come with one key at the same moment the second waits for the first and gets its answer, even where only
# one of them would have found what they want still there.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('order ' || %(who)s || ' ' || %(key)s, 0))"


def accept(
    tx: Tx,
    *,
    account_id: UUID,
    hold_ids: Sequence[UUID],
    goods: Sequence[Goods] = (),
    points: int = 0,
    token: str = "",
    idempotency_key: str | None = None,
    now: datetime,
    currency: str = "KRW",
    points_rate: Decimal = Decimal("0.01"),
    pay_within: int = 1800,
) -> Order:
    """Writes the order (`processing`) and begins its saga; the caller commits. `token` is the provider's card token.

    The same idempotency key with the same request returns the order there is. Raises HoldEnded, NothingToOrder,
    KeyReused, or Invalid with faults on `points`, `goods`, `payment`; then nothing is changed.
    """
    request_hash = _hash(hold_ids, goods, points, token)
    if idempotency_key:
        wire.later(tx, ONE_AT_A_TIME, {"who": str(account_id), "key": idempotency_key})
    try:
        lines = priced(tx, account_id, hold_ids, goods, now, currency)
        paid = _split(tx, account_id, [line["amount"] for line in lines], points, token, currency)
        order_id = new_id()
        # The last that may say no, so that before it nothing is changed and nobody waits.
        reservations.bind(tx, account_id=account_id, hold_ids=hold_ids, order_id=order_id)
    except Fact:
        # A key that has made its order is answered with it, whatever is so by now (its holds are ordered, its points
        # spent). Nearly all keys are new, so they are looked up only here and where the order stumbles over them.
        if known := _find_by_key(tx, account_id, idempotency_key, request_hash):
            return known
        raise
    values = {
        "id": order_id,
        "number": new_number(),
        "account_id": account_id,
        "state": "processing",
        "currency": currency,
        "total": paid.total,
        "points_used": paid.points,
        "charge": paid.charge,
        "idempotency_key": idempotency_key,
        "request_hash": request_hash,
        "placed_at": now,
    }
    if not (order := _write(tx, values, lines, paid)):
        # The key made an order whose holds are free again by now, or the same request came in twice at once.
        reservations.unbind(tx, order_id, at_least=timedelta(0))
        return _get_by_key(tx, account_id, idempotency_key, request_hash)
    command = {
        "order_id": order.id,
        "number": order.number,
        "account_id": account_id,
        "points": paid.points,
        "charge": paid.charge,
        "currency": currency,
        "accrual": point_ledger.accrual_for(paid.charge, points_rate),
        "token": token,
        "pay_within": pay_within,
    }
    sagas.engine().begin(tx, "payment", order.number, command)
    return order


def _split(tx: Tx, account_id: UUID, amounts: list[Decimal], points: int, token: str, currency: str) -> rules.Split:
    faults: dict[str, str | tuple[str, Mapping[str, Any]]] = {}
    available = point_ledger.balance_of(tx, account_id).available if points > 0 else 0
    if points < 0:
        faults["points"] = N_("Points start at 0.")
    elif points > available:
        faults["points"] = (N_("You have %(available)s points."), {"available": available})
    elif points > sum(amounts, Decimal(0)):
        faults["points"] = N_("That is more than this order costs.")
    if faults:
        raise Invalid(faults)
    paid = rules.split(amounts, points, currency)
    if paid.charge > 0 and not token:
        raise Invalid({"payment": N_("Choose how to pay the rest.")})
    return paid


def _write(tx: Tx, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], paid: rules.Split) -> Order | None:
    """The order with its lines; None, and nothing is written, if the key has made one already."""
    rows = [
        {
            **line,
            "id": new_id(),
            "position": position,
            "points_share": paid.point_shares[position],
            "charge_share": paid.charge_shares[position],
        }
        for position, line in enumerate(lines)
    ]
    written = wire.ask(tx, WRITE, {**values, "lines": json.dumps(rows, default=str)})
    return stored(tx, Order(**values)) if written else None


def _find_by_key(tx: Tx, account_id: UUID, key: str | None, request_hash: str) -> Order | None:
    """The order this key has made already. Raises KeyReused if it was for another request."""
    if not key:
        return None
    query = select(Order).where(Order.account_id == account_id, Order.idempotency_key == key)
    known = tx.execute(query).scalar_one_or_none()
    if known and known.request_hash != request_hash:
        raise KeyReused
    return known


def _get_by_key(tx: Tx, account_id: UUID, key: str | None, request_hash: str) -> Order:
    known = _find_by_key(tx, account_id, key, request_hash)
    if known is None:
        raise RuntimeError("an order was in the way, and now it is not there")
    return known


def _hash(hold_ids: Sequence[UUID], goods: Sequence[Goods], points: int, token: str) -> str:
    body = [sorted(map(str, hold_ids)), sorted((str(g.product_id), g.quantity) for g in goods), points, token]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()
