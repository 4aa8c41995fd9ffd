"""Records what happened, in the transaction in which it happens, together with the webhook that will tell of it."""

import json
from typing import Any

from local.provider import ids
from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.errors import no_such
from local.provider.listing import page
from local.provider.moment import Moment
from local.provider.params import Params

API_VERSION = "2026-10-28.endive"


def record(tx: Tx, moment: Moment, kind: str, shape: dict[str, Any]) -> None:
    """`shape` is the object as it is after the event."""
    listened = moment.settings.webhook_url is not None
    event = {
        "id": ids.new("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": moment.seconds,
        "data": {"object": shape},
        "livemode": False,
        "pending_webhooks": int(listened),
        "request": {"id": moment.request, "idempotency_key": moment.key},
        "type": kind,
    }
    tx.execute(
        "INSERT INTO events (id, type, body, created_ms) VALUES (?, ?, ?, ?)",
        (event["id"], kind, json.dumps(event), moment.ms),
    )
    if listened:
        tx.execute("INSERT INTO deliveries (event, due_ms) VALUES (?, ?)", (event["id"], moment.ms))


def retrieve(tx: Tx, moment: Moment, params: Params, name: str) -> Answer:
    params.allow()
    row = tx.execute("SELECT body FROM events WHERE id = ?", (name,)).fetchone()
    if row is None:
        raise no_such("event", name)
    return Answer(200, json.loads(row["body"]))


def list_all(tx: Tx, moment: Moment, params: Params) -> Answer:
    params.allow("type", "types", "created", "limit", "starting_after", "ending_before")
    kinds = params.choices("types") or [kind for kind in [params.text("type")] if kind]
    where = {f"type IN ({', '.join('?' * len(kinds))})": kinds} if kinds else {}
    return page(tx, params, "events", "/v1/events", where, lambda row: json.loads(row["body"]))
