"""The last step of a payment: a mail that tells the customer what was booked, written in the saga's own transaction.

The mail keeps what it tells, not where to look it up: it may be sent hours later, after a refund or a change of the
place's name, and sent again it has to be the same mail. Four statements read and write it, whatever was booked.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from portal.domains import notifications, reservations, resources
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from portal.kernel.steps import function

TOLD = """
SELECT number, currency, total, points_used, charge, points_accrued,
       title, quantity, amount, kind, hold_id
FROM orders JOIN order_lines ON order_id = orders.id
WHERE orders.id = %(order_id)s ORDER BY position
"""


@function("common", "a mail with the booking and its calendar entries is queued")
def mail_confirmation(tx: Tx, key: str, order_id: UUID, account_id: UUID) -> dict[str, Any]:
    """Send e-mail: queues the confirmation; a relay of its own sends it, so a dead mail server stops no booking."""
    return _mail(tx, key, order_id, account_id, "order_confirmed")


@function("common", "a mail with the booking and why it comes so late is queued")
def mail_late_booking(tx: Tx, key: str, order_id: UUID, account_id: UUID) -> dict[str, Any]:
    """Send e-mail: tells a customer who thinks that the order was cancelled that it stands after all."""
    return _mail(tx, key, order_id, account_id, "late_booked")


def _mail(tx: Tx, key: str, order_id: UUID, account_id: UUID, template: str) -> dict[str, Any]:
    rows = wire.ask(tx, TOLD, {"order_id": order_id})
    if not rows:
        raise NotFound
    number, currency, total, points_used, charge, points_accrued, *_ = rows[0]
    lines = [row[6:] for row in rows]
    data = {
        "number": number,
        "currency": currency,
        "total": str(total),
        "points_used": points_used,
        "charged": str(charge),
        "points_accrued": points_accrued,
        "lines": [
            {"title": title, "quantity": quantity, "amount": str(amount), "kind": kind}
            for title, quantity, amount, kind, _ in lines
        ],
        "events": booking_events(tx, {hold_id: title for title, *_, hold_id in lines if hold_id}, status="CONFIRMED"),
    }
    notifications.queue(tx, key, account_id, template, data)
    return {"lines": len(lines)}


def booking_events(tx: Tx, titles: Mapping[UUID, str], *, status: str, later: int = 0) -> list[dict[str, Any]]:
    """The calendar entries of these holds, titled as their order's lines: uid, title, start, end, zone and place, as a
    mail's data (JSON values). `later`: 1 for the last word about them.

    A booking that moved keeps its entry: the same uid, with a higher sequence for every move.
    """
    chosen = reservations.choices(tx, titles)
    places = resources.places(tx, {one.resource_id for one in chosen})
    return [
        {
            "uid": f"{one.entry_id or one.id}@jari",
            "sequence": one.revision + later,
            "title": titles[one.id],
            "starts_at": one.starts_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
            "time_zone": places[one.resource_id].time_zone,
            "place": places[one.resource_id].place,
            "served_by": one.served_by,
            "status": status,
        }
        for one in chosen
    ]
