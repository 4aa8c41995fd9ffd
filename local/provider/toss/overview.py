"""This face's payments and refunds in the words of the whole books, so that one oracle reads both."""

import re
import sqlite3
from typing import Any

from local.provider.books import Tx

STATUS = {
    "READY": "requires_action",
    "IN_PROGRESS": "requires_confirmation",
    "DONE": "succeeded",
    "PARTIAL_CANCELED": "succeeded",
    "CANCELED": "succeeded",
    "ABORTED": "requires_payment_method",
    "EXPIRED": "canceled",
}


def payments(tx: Tx) -> list[dict[str, Any]]:
    """Oldest first."""
    return [_payment(row) for row in tx.execute("SELECT * FROM toss_payments ORDER BY seq")]


def refunds(tx: Tx) -> list[dict[str, Any]]:
    """Oldest first."""
    query = (
        "SELECT c.*, p.order_id FROM toss_cancels c JOIN toss_payments p ON p.payment_key = c.payment_key"
        " ORDER BY c.seq"
    )
    return [_refund(row) for row in tx.execute(query)]


def _payment(row: sqlite3.Row) -> dict[str, Any]:
    taken = row["approved_ms"] is not None
    return {
        "face": "toss",
        "id": row["payment_key"],
        "amount": row["amount"],
        "currency": "krw",
        "status": STATUS[row["status"]],
        "toss_status": row["status"],
        "payment_method": row["card"],
        "metadata": _order(row),
        "description": row["order_name"],
        "amount_received": row["amount"] if taken else 0,
        "amount_refunded": row["amount"] - row["balance"],
        "times_charged": int(taken),
        "created": row["requested_ms"] // 1000,
        "charges": [],
    }


def _refund(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "face": "toss",
        "id": row["transaction_key"],
        "payment_intent": row["payment_key"],
        "charge": row["payment_key"],
        "amount": row["amount"],
        "currency": "krw",
        "status": "succeeded",
        "metadata": _order(row),
        "reason": row["reason"],
        "created": row["created_ms"] // 1000,
    }


def _order(row: sqlite3.Row) -> dict[str, str]:
    """A shop that pays one order in several tries writes `order-1`, `order-2`, as orderId must not come twice."""
    return {"order": re.sub(r"-\d{1,2}$", "", row["order_id"]), "order_id": row["order_id"]}
