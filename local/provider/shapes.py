"""Shows intents, charges and refunds as the JSON objects of Stripe's API."""

import json
import sqlite3
from typing import Any

from local.provider.books import Tx
from local.provider.cards import CARDS
from local.provider.moment import Moment

Row = sqlite3.Row
INTENT_EXPANDS = ("latest_charge",)
REFUND_EXPANDS = ("payment_intent", "charge")


def intent(tx: Tx, moment: Moment, row: Row, expand: frozenset[str] = frozenset()) -> dict[str, Any]:
    latest = tx.execute("SELECT * FROM charges WHERE intent = ? ORDER BY seq DESC LIMIT 1", (row["id"],)).fetchone()
    latest_charge = latest and (charge(latest) if "latest_charge" in expand else latest["id"])
    automatic = {"enabled": True, "allow_redirects": row["redirects"]} if row["redirects"] != "off" else None
    return {
        "id": row["id"],
        "object": "payment_intent",
        "amount": row["amount"],
        "amount_capturable": 0,
        "amount_received": row["amount"] if row["status"] == "succeeded" else 0,
        "automatic_payment_methods": automatic,
        "canceled_at": row["canceled"],
        "cancellation_reason": row["cancellation_reason"],
        "capture_method": "automatic",
        "client_secret": row["secret"],
        "confirmation_method": "automatic",
        "created": row["created_ms"] // 1000,
        "currency": row["currency"],
        "customer": None,
        "description": row["description"],
        "last_payment_error": json.loads(row["last_error"]) if row["last_error"] else None,
        "latest_charge": latest_charge,
        "livemode": False,
        "metadata": json.loads(row["metadata"]),
        "next_action": _next_action(moment, row),
        "payment_method": row["payment_method"],
        "payment_method_types": ["card"],
        "receipt_email": row["receipt_email"],
        "status": row["status"],
    }


def charge(row: Row) -> dict[str, Any]:
    paid = row["status"] == "succeeded"
    return {
        "id": row["id"],
        "object": "charge",
        "amount": row["amount"],
        "amount_captured": row["amount"] if paid else 0,
        "amount_refunded": row["amount_refunded"],
        "captured": paid,
        "created": row["created_ms"] // 1000,
        "currency": row["currency"],
        "failure_code": row["failure_code"],
        "failure_message": row["failure_message"],
        "livemode": False,
        "paid": paid,
        "payment_intent": row["intent"],
        "payment_method": row["payment_method"],
        "payment_method_details": {"type": "card", "card": card(row["payment_method"])},
        "refunded": paid and row["amount_refunded"] == row["amount"],
        "status": row["status"],
    }


def refund(tx: Tx, moment: Moment, row: Row, expand: frozenset[str] = frozenset()) -> dict[str, Any]:
    shape = {
        "id": row["id"],
        "object": "refund",
        "amount": row["amount"],
        "charge": row["charge"],
        "created": row["created_ms"] // 1000,
        "currency": row["currency"],
        "metadata": json.loads(row["metadata"]),
        "payment_intent": row["intent"],
        "reason": row["reason"],
        "status": row["status"],
    }
    if row["status"] == "failed":
        shape["failure_reason"] = "expired_or_canceled_card"
    if "charge" in expand:
        shape["charge"] = charge(tx.execute("SELECT * FROM charges WHERE id = ?", (row["charge"],)).fetchone())
    if "payment_intent" in expand:
        found = tx.execute("SELECT * FROM intents WHERE id = ?", (row["intent"],)).fetchone()
        shape["payment_intent"] = intent(tx, moment, found)
    return shape


def card(name: str) -> dict[str, str]:
    return {"brand": "visa", "last4": CARDS[name].last4}


def challenge_url(moment: Moment, row: Row) -> str:
    return f"{moment.public_url}/challenge/{row['challenge']}"


def _next_action(moment: Moment, row: Row) -> dict[str, Any] | None:
    if row["status"] != "requires_action":
        return None
    where = {"url": challenge_url(moment, row), "return_url": row["return_url"]}
    return {"type": "redirect_to_url", "redirect_to_url": where}
