"""The mail of a booking that moved: both times, the difference, and the same calendar entry at its new time."""

from typing import Any
from uuid import UUID

from portal.domains import notifications, orders
from portal.domains.moving.models import Move
from portal.domains.orders import OrderLine
from portal.kernel.db import Tx
from portal.kernel.steps import function


@function("common", "a mail with the new time and its calendar entry is queued")
def mail_moved(tx: Tx, key: str, move_id: UUID, account_id: UUID) -> dict[str, Any]:
    """Send e-mail: the calendar file has the entry's own name and a higher sequence, so that it moves there too."""
    move = tx.get_one(Move, move_id)
    data = told(tx, move, at=move.from_hold_id)
    notifications.queue(tx, key, account_id, "booking_moved", data | {"events": [_event(tx, move, move.to_hold_id)]})
    return {"number": move.number}


def told(tx: Tx, move: Move, *, at: UUID) -> dict[str, Any]:
    """What both mails tell: the order, the booking as it is or was, and the money."""
    return {
        "number": orders.get_order(tx, move.order_id).number,
        "currency": move.currency,
        "charged": str(move.charge),
        "amount": str(move.amount),
        "points": move.points,
        "price": str(move.after),
        "reason": move.reason,
        "before": [_event(tx, move, at)],
    }


def _event(tx: Tx, move: Move, hold_id: UUID) -> dict[str, Any]:
    title = tx.get_one(OrderLine, move.line_id).title
    (event,) = orders.booking_events(tx, {hold_id: title}, status="CONFIRMED")
    return event
