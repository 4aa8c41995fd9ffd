"""All that the books hold, as plain data: the oracle for "charged exactly once"."""

import json
import sqlite3
from typing import Any

from local.provider.books import Tx
from local.provider.toss import overview as toss


def books(tx: Tx) -> dict[str, Any]:
    """Amounts are whole numbers of minor units (one won, one cent), times seconds since 1970; oldest first."""
    charges: dict[str, list[dict[str, Any]]] = {}
    for row in tx.execute("SELECT * FROM charges ORDER BY seq"):
        charges.setdefault(row["intent"], []).append(_charge(row))
    return {
        "payments": [
            _payment(row, charges.get(row["id"], [])) for row in tx.execute("SELECT * FROM intents ORDER BY seq")
        ]
        + toss.payments(tx),
        "refunds": [_refund(row) for row in tx.execute("SELECT * FROM refunds ORDER BY seq")] + toss.refunds(tx),
        "webhooks": webhooks(tx),
    }


def webhooks(tx: Tx) -> dict[str, int]:
    """How many deliveries are in each state."""
    counts = {"waiting": 0, "delivered": 0, "lost": 0, "given_up": 0}
    return counts | dict(tx.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())


def _payment(row: sqlite3.Row, charges: list[dict[str, Any]]) -> dict[str, Any]:
    paid = [charge for charge in charges if charge["status"] == "succeeded"]
    return {
        "id": row["id"],
        "amount": row["amount"],
        "currency": row["currency"],
        "status": row["status"],
        "payment_method": row["payment_method"],
        "metadata": json.loads(row["metadata"]),
        "description": row["description"],
        "amount_received": sum(charge["amount"] for charge in paid),
        "amount_refunded": sum(charge["amount_refunded"] for charge in paid),
        "times_charged": len(paid),
        "created": row["created_ms"] // 1000,
        "charges": charges,
    }


def _charge(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "amount": row["amount"],
        "amount_refunded": row["amount_refunded"],
        "status": row["status"],
        "payment_method": row["payment_method"],
        "failure_code": row["failure_code"],
        "created": row["created_ms"] // 1000,
    }


def _refund(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "payment_intent": row["intent"],
        "charge": row["charge"],
        "amount": row["amount"],
        "currency": row["currency"],
        "status": row["status"],
        "metadata": json.loads(row["metadata"]),
        "reason": row["reason"],
        "created": row["created_ms"] // 1000,
    }
