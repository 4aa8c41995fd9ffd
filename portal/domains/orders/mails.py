"""The last step of a payment: a mail that tells the customer what was booked, written in the saga's own transaction.

The mail keeps what it tells, not where to look it up: it may be sent hours later, after a refund or a change of the
place's name, and sent again it has to be the same mail. Four statements read and write it, whatever was booked.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text

from portal.domains import notifications, reservations, resources
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.kernel.steps import function

TOLD = text(
    """
    SELECT number, currency, total, points_used, charge, points_accrued,
           title, quantity, amount, kind, hold_id
    FROM orders JOIN order_lines ON order_id = orders.id
    WHERE orders.id = :order_id ORDER BY position
    """
)


@function("common", "a mail with the booking and its calendar entries is queued")
def mail_confirmation(tx: Tx, key: str, order_id: UUID, account_id: UUID) -> dict[str, Any]:
    """Send e-mail: queues the confirmation; a relay of its own sends it, so a dead mail server stops no booking."""
    lines = tx.execute(TOLD, {"order_id": order_id}).all()
    if not lines:
        raise NotFound
    order = lines[0]
    data = {
        "number": order.number,
        "currency": order.currency,
        "total": str(order.total),
        "points_used": order.points_used,
        "charged": str(order.charge),
        "points_accrued": order.points_accrued,
        "lines": [
            {"title": line.title, "quantity": line.quantity, "amount": str(line.amount), "kind": line.kind}
            for line in lines
        ],
        "events": booking_events(tx, {line.hold_id: line.title for line in lines if line.hold_id}, status="CONFIRMED"),
    }
    notifications.queue(tx, key, account_id, "order_confirmed", data)
    return {"lines": len(lines)}


def booking_events(tx: Tx, titles: Mapping[UUID, str], *, status: str, sequence: int = 0) -> list[dict[str, Any]]:
    """The calendar entries of these holds, titled as their order's lines: uid, title, start, end, zone and place, as a
    mail's data (JSON values)."""
    chosen = reservations.choices(tx, titles)
    places = resources.places(tx, {one.resource_id for one in chosen})
    return [
        {
            "uid": f"{one.id}@jari",
            "sequence": sequence,
            "title": titles[one.id],
            "starts_at": one.starts_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
            "time_zone": places[one.resource_id].time_zone,
            "place": places[one.resource_id].place,
            "status": status,
        }
        for one in chosen
    ]
