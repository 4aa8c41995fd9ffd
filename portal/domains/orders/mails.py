"""The last step of a payment: a mail that tells the customer what was booked, written in the saga's own transaction."""

from typing import Any
from uuid import UUID

from portal.domains import catalog, notifications, reservations, resources
from portal.domains.orders.queries import get_order
from portal.kernel.db import Tx
from portal.kernel.steps import function


@function("common", "a mail with the booking and its calendar entries is queued")
def mail_confirmation(tx: Tx, key: str, order_id: UUID, account_id: UUID) -> dict[str, Any]:
    """Send e-mail: queues the confirmation; a relay of its own sends it, so a dead mail server stops no booking."""
    order = get_order(tx, order_id)
    data = {
        "number": order.number,
        "currency": order.currency,
        "total": str(order.total),
        "points_used": order.points_used,
        "charged": str(order.charge),
        "points_accrued": order.points_accrued,
        "lines": [
            {"title": line.title, "quantity": line.quantity, "amount": str(line.amount), "kind": line.kind}
            for line in order.lines
        ],
        "events": booking_events(tx, [line.hold_id for line in order.lines if line.hold_id], status="CONFIRMED"),
    }
    notifications.queue(tx, key, account_id, "order_confirmed", data)
    return {"lines": len(order.lines)}


def booking_events(tx: Tx, hold_ids: list[UUID], *, status: str, sequence: int = 0) -> list[dict[str, Any]]:
    """The calendar entries of these holds: uid, title, start, end, zone and place, as a mail's data (JSON values)."""
    events = []
    for hold in reservations.holds(tx, hold_ids):
        resource = resources.get_resource(tx, hold.resource_id)
        events.append(
            {
                "uid": f"{hold.id}@jari",
                "sequence": sequence,
                "title": catalog.get_product(tx, hold.product_id).name,
                "starts_at": hold.starts_at.isoformat(),
                "ends_at": hold.ends_at.isoformat(),
                "time_zone": resource.time_zone,
                "place": resource.place,
                "status": status,
            }
        )
    return events
