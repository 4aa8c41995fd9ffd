"""The mail with an offer: what, when, for how many, until when, and what it costs."""

from datetime import datetime

from portal.domains import catalog, notifications, resources
from portal.domains.reservations import Hold
from portal.domains.waiting.models import Entry
from portal.kernel.db import Tx


def mail_offer(tx: Tx, entry: Entry, hold: Hold, until: datetime) -> None:
    """Queues it, once for each entry. It is not sent any more once the offer is over."""
    place = resources.places(tx, [hold.resource_id])[hold.resource_id]
    product = catalog.get_product(tx, entry.product_id)
    data = {
        "title": product.name,
        "quantity": hold.quantity,
        "amount": str(hold.amount),
        "currency": hold.currency,
        "until": until.isoformat(),
        "time_zone": place.time_zone,
        "event": {
            "title": product.name,
            "starts_at": hold.starts_at.isoformat(),
            "ends_at": hold.ends_at.isoformat(),
            "time_zone": place.time_zone,
            "place": place.place,
            "served_by": hold.served_by,
        },
    }
    notifications.queue(tx, f"waiting:{entry.id}", entry.account_id, "waiting_offer", data)
