"""Records a change of status with the webhook that tells of it: unsigned, seven times again at most."""

import json
from typing import Any

from local.provider import ids
from local.provider.books import Tx
from local.provider.moment import Moment
from local.provider.toss.shapes import written

KIND = "PAYMENT_STATUS_CHANGED"
PAUSES = (1, 4, 16, 64, 256, 1024, 4096)
"""Minutes until each further attempt; a minute lasts `toss_minute_ms` here."""


def record(tx: Tx, moment: Moment, payment: dict[str, Any]) -> None:
    """In the transaction of the change. `payment` is as it is after it."""
    event, body = ids.new("tossevt"), {"eventType": KIND, "createdAt": written(moment.ms), "data": payment}
    tx.execute(
        "INSERT INTO events (id, type, body, created_ms) VALUES (?, ?, ?, ?)",
        (event, KIND, json.dumps(body, ensure_ascii=False), moment.ms),
    )
    if moment.settings.toss_webhook_url is not None:
        tx.execute("INSERT INTO deliveries (event, due_ms) VALUES (?, ?)", (event, moment.ms))
