"""Accepting a checkout: one transaction that writes the order, binds its holds and begins the payment saga.

Whoever got the order's number back may lose power at once: the order will be paid and booked, or cancelled, by itself.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.domains import catalog, reservations
from portal.domains import points as point_ledger
from portal.domains.orders import rules
from portal.domains.orders.errors import NothingToOrder
from portal.domains.orders.models import Order, OrderLine
from portal.kernel import sagas
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, KeyReused
from portal.kernel.ids import new_id, new_number

MOST_OF_ONE_GOOD = 99


@dataclass(frozen=True)
class Goods:
    """So many of one product to take along."""

    product_id: UUID
    quantity: int


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
    if known := _find_by_key(tx, account_id, idempotency_key, request_hash):
        return known
    if not hold_ids and not goods:
        raise NothingToOrder
    order_id = new_id()
    try:
        with tx.begin_nested():
            holds = reservations.bind(tx, account_id=account_id, hold_ids=list(hold_ids), order_id=order_id)
            lines = [_booking_line(tx, hold) for hold in holds] + [_goods_line(tx, item, now) for item in goods]
            _check_currency(lines, currency)
            paid = _split(tx, account_id, [line["amount"] for line in lines], points, token, currency)
            order = Order(
                id=order_id,
                number=new_number(),
                account_id=account_id,
                state="processing",
                currency=currency,
                total=paid.total,
                points_used=paid.points,
                charge=paid.charge,
                idempotency_key=idempotency_key,
                request_hash=request_hash,
                placed_at=now,
            )
            tx.add(order)
            tx.flush()
    except (reservations.HoldEnded, IntegrityError):
        # The same request may have come in twice at once; whoever is second finds the order of the first.
        if known := _find_by_key(tx, account_id, idempotency_key, request_hash):
            return known
        raise
    _write_lines(tx, order_id, lines, paid)
    command = {
        "order_id": order_id,
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


def _write_lines(tx: Tx, order_id: UUID, lines: list[dict[str, Any]], paid: rules.Split) -> None:
    for position, line in enumerate(lines):
        shares = {"points_share": paid.point_shares[position], "charge_share": paid.charge_shares[position]}
        values = {name: value for name, value in line.items() if name != "currency"}
        tx.add(OrderLine(id=new_id(), order_id=order_id, position=position, **values, **shares))
    tx.flush()


def _split(tx: Tx, account_id: UUID, amounts: list[Decimal], points: int, token: str, currency: str) -> rules.Split:
    faults: dict[str, str | tuple[str, Mapping[str, Any]]] = {}
    available = point_ledger.balance_of(tx, account_id).available
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


def _check_currency(lines: list[dict[str, Any]], currency: str) -> None:
    """One order is paid in one currency. Raises Invalid on `payment`."""
    if {line["currency"] for line in lines} != {currency}:
        raise Invalid({"payment": (N_("Only prices in %(currency)s can be paid here."), {"currency": currency})})


def _booking_line(tx: Tx, hold: "reservations.Hold") -> dict[str, Any]:
    product = catalog.get_product(tx, hold.product_id)
    return {
        "kind": "booking",
        "product_id": product.id,
        "hold_id": hold.id,
        "title": product.name,
        "quantity": hold.quantity,
        "amount": hold.amount,
        "currency": hold.currency,
        "refund_rule_id": hold.refund_rule_id,
    }


def _goods_line(tx: Tx, item: Goods, now: datetime) -> dict[str, Any]:
    """The line of something to take along, priced now. Raises Invalid on `goods`."""
    product = catalog.get_product(tx, item.product_id)
    price = catalog.price_at(tx, item.product_id, now)
    if product.kind != "goods" or price is None or not catalog.on_sale(tx, product.id):
        raise Invalid({"goods": (N_("%(name)s cannot be bought."), {"name": product.name})})
    if not 1 <= item.quantity <= MOST_OF_ONE_GOOD:
        raise Invalid({"goods": (N_("Between 1 and %(most)s, please."), {"most": MOST_OF_ONE_GOOD})})
    if (product.stock or 0) < item.quantity:
        left = {"name": product.name, "left": product.stock or 0}
        raise Invalid({"goods": (N_("Only %(left)s of %(name)s are left."), left)})
    total = catalog.total_for(price, quantity=item.quantity, minutes=0)
    return {
        "kind": "goods",
        "product_id": product.id,
        "hold_id": None,
        "title": product.name,
        "quantity": item.quantity,
        "amount": total.amount,
        "currency": total.currency,
        "refund_rule_id": catalog.rule_in_force(product.id),
    }


def _find_by_key(tx: Tx, account_id: UUID, key: str | None, request_hash: str) -> Order | None:
    """The order this key has made already. Raises KeyReused if it was for another request."""
    if not key:
        return None
    query = select(Order).where(Order.account_id == account_id, Order.idempotency_key == key)
    known = tx.execute(query).scalar_one_or_none()
    if known and known.request_hash != request_hash:
        raise KeyReused
    return known


def _hash(hold_ids: Sequence[UUID], goods: Sequence[Goods], points: int, token: str) -> str:
    body = [sorted(map(str, hold_ids)), sorted((str(g.product_id), g.quantity) for g in goods), points, token]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()
