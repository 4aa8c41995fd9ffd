"""The steps of the move's saga that belong to the booking: look up, mark, swap, and let be on the way back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.domains import notifications, orders, refunds, reservations
from portal.domains.moving.mails import told
from portal.domains.moving.models import Move
from portal.kernel import clock, wire
from portal.kernel.db import Tx
from portal.kernel.steps import Output, function

UNWATCHED = frozenset({"not-confirmed", "too-late", "released"})
"""Refusals that come when nobody looks at the page any more."""

LOOK = """
SELECT orders.state, order_lines.state, moves.state
FROM moves JOIN orders ON orders.id = moves.order_id JOIN order_lines ON order_lines.id = line_id
WHERE moves.id = %(move_id)s
"""
MOVED = wire.exactly_one("""
UPDATE moves SET state = 'moved', action_url = NULL, pay_by = NULL, updated_at = now()
WHERE id = %(move_id)s AND state = 'requested'
RETURNING id
""")
GIVEN_UP = wire.exactly_one("""
UPDATE moves SET state = 'cancelled', refusal = %(code)s, action_url = NULL, pay_by = NULL, updated_at = now()
WHERE id = %(move_id)s AND state = 'requested'
RETURNING id
""")


@function("order", "where the order, its line and the move stand")
def look_up(tx: Tx, move_id: UUID) -> Output:
    """Look up order: before anything is changed."""
    ((order, line, move),) = wire.ask(tx, LOOK, {"move_id": move_id})
    return {"order": order, "line": line, "move": move}


@function("order", "the line is marked as moving; both times are its customer's", (orders.LinesGone,))
def mark(tx: Tx, order_id: UUID, line_id: UUID) -> None:
    """Mark line as moving: so it was when the move was agreed to, and so it has to be still."""
    orders.mark_moving(tx, order_id, line_id)


@function("order", "the new time is free, the booking stands where it was", name="let line be")
def let_be(
    tx: Tx,
    key: str,
    move_id: UUID,
    order_id: UUID,
    account_id: UUID,
    line_id: UUID,
    refusal: Mapping[str, Any] | None,
) -> None:
    """Let line be: nothing was charged, nothing has moved. Bears being run when nothing was marked."""
    move, code = tx.get_one(Move, move_id), (refusal or {}).get("code")
    reservations.give_up(tx, order_id=order_id, to=move.to_hold_id)
    orders.let_be(tx, order_id, line_id)
    wire.later(tx, GIVEN_UP, {"move_id": move_id, "code": code})
    if code in UNWATCHED:
        data = told(tx, move, at=move.from_hold_id) | {"refusal": code}
        notifications.queue(tx, key, account_id, "move_given_up", data)


@function("order", "booked at the new time and no longer at the old, at the new price")
def swap(tx: Tx, move_id: UUID, order_id: UUID, account_id: UUID, line_id: UUID) -> dict[str, Any]:
    """Swap places: both in one moment, and with them the line's price, its shares and its refund rule."""
    move = tx.get_one(Move, move_id)
    (to,) = reservations.choices(tx, [move.to_hold_id])
    reservations.swap(tx, order_id=order_id, own=move.from_hold_id, to=move.to_hold_id)
    money = {"charge": move.charge, "back": move.amount, "points": move.points}
    points = {"earned": move.earned, "unearned": move.unearned}
    orders.moved(tx, order_id, line_id, hold_id=to.id, refund_rule_id=to.refund_rule_id, **money, **points)
    wire.later(tx, MOVED, {"move_id": move_id})
    refunds.give_difference_back(
        tx,
        move.refund_id,
        order_id=order_id,
        amount=Decimal(move.amount),
        currency=move.currency,
        by=account_id,
        now=clock.now(),
    )
    return {"start": to.starts_at.isoformat(), "price": str(move.after)}
