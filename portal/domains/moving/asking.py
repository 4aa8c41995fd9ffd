"""Agreeing to a move: one transaction that takes the new time, marks the booking and begins the saga.

Whoever got the move's number back may lose power at once: the booking will be at its new time, or where it was, by
itself. The order's row is locked first, so that of a move and a refund that begin at once the second sees the first.
"""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.domains import audit, orders, reservations
from portal.domains.moving.errors import DifferenceChanged
from portal.domains.moving.models import Move
from portal.domains.moving.quoting import House, Quote, Wish, quote
from portal.domains.orders import Order
from portal.domains.reservations import Behind
from portal.kernel import sagas
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, KeyReused
from portal.kernel.fields import reason_fault
from portal.kernel.ids import new_id


def request(
    tx: Tx,
    order: Order,
    line_id: UUID,
    wish: Wish,
    *,
    by: UUID,
    house: House,
    now: datetime,
    token: str = "",
    shown: str | None = None,
    reason: str = "",
    idempotency_key: str | None = None,
    behind: Behind | None = None,
) -> Move:
    """Begins to move the booking of this line; the caller commits. `token` is the provider's, for what is charged;
    `shown` the difference that was agreed to (`Quote.shown`), if it was shown; `reason` is staff's; `behind`: whom
    in line for that time it goes behind.

    The same key with the same request gives the move there is. Raises as `quote` does, and SlotTaken (SlotWaitedFor
    where others wait for it), SlotBusy, DifferenceChanged, KeyReused, or Invalid with faults on `payment` or `reason`;
    then nothing is changed.
    """
    request_hash = _hash(line_id, wish, token, reason)
    order = orders.lock_order(tx, order.id)
    if known := _find_by_key(tx, order.id, idempotency_key, request_hash):
        return known
    if house.by_staff and (fault := reason_fault(reason.strip(), N_("The customer will read this: say why, please."))):
        raise Invalid({"reason": fault})
    quoted = quote(tx, order, line_id, wish, house=house, now=now)
    if shown not in {None, quoted.shown}:
        raise DifferenceChanged
    if quoted.difference.charge and not token:
        raise Invalid({"payment": N_("Choose how to pay the difference.")})
    move = Move(
        id=new_id(),
        reason=reason.strip(),
        requested_by=by,
        idempotency_key=idempotency_key,
        request_hash=request_hash,
        created_at=now,
    )
    _write(tx, move, order, quoted, behind or Behind())
    command = {
        "move_id": move.id,
        "number": move.number,
        "order_id": order.id,
        "account_id": order.account_id,
        "line_id": line_id,
        "refund_id": move.refund_id,
        "charge": move.charge,
        "amount": move.amount,
        "points": move.points,
        "earned": move.earned,
        "unearned": move.unearned,
        "currency": move.currency,
        "token": token,
        "pay_within": house.pay_within,
    }
    sagas.engine().begin(tx, "move", move.number, command)
    about = {"move": move.number, "start": quoted.to.starts_at.isoformat(), "change": str(quoted.difference.change)}
    said = {"reason": move.reason} if move.reason else {}
    audit.record(tx, by, "booking.moving", "order", str(order.id), **about, **said)
    return move


def _write(tx: Tx, move: Move, order: Order, quoted: Quote, behind: Behind) -> None:
    """Stores the move, with the new time taken and the line marked."""
    said, wish = quoted.difference, quoted.wish
    to = reservations.take_other(
        tx,
        quoted.own,
        order_id=order.id,
        key=f"move {move.id}",
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        served_by=wish.served_by,
        now=move.created_at,
        behind=behind,
    )
    if to.amount != quoted.to.amount:
        raise DifferenceChanged  # somebody priced it anew between two lines
    orders.mark_moving(tx, order.id, quoted.line.id)
    count = tx.execute(select(func.count()).where(Move.order_id == order.id)).scalar_one()
    move.number = f"{order.number}-M{count + 1}"
    move.order_id, move.line_id = order.id, quoted.line.id
    move.from_hold_id, move.to_hold_id = quoted.own.id, to.id
    move.currency, move.before, move.after = order.currency, quoted.line.amount, quoted.line.amount + said.change
    move.charge, move.amount, move.points = said.charge, said.amount, said.points
    move.earned, move.unearned = quoted.earned, quoted.unearned
    move.refund_id = new_id()
    tx.add(move)
    tx.flush()


def _find_by_key(tx: Tx, order_id: UUID, key: str | None, request_hash: str) -> Move | None:
    """The move this key has made already. Raises KeyReused if it was for another request."""
    if not key:
        return None
    query = select(Move).where(Move.order_id == order_id, Move.idempotency_key == key)
    known = tx.execute(query).scalar_one_or_none()
    if known and known.request_hash != request_hash:
        raise KeyReused
    return known


def _hash(line_id: UUID, wish: Wish, token: str, reason: str) -> str:
    end = wish.ends_at.timestamp() if wish.ends_at else None
    body = [str(line_id), wish.starts_at.timestamp(), end, sorted(map(str, wish.served_by)), token, reason]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()
