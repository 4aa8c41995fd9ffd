"""The moment of charging: a card pays, is declined, or asks the customer first."""

import json
import sqlite3
from typing import Any

from local.provider import events, ids, shapes
from local.provider.books import Tx
from local.provider.cards import CARDS, Decline
from local.provider.moment import Moment


def attempt(tx: Tx, moment: Moment, name: str, *, authenticated: bool = False) -> dict[str, Any] | None:
    """Try to charge the intent with its card. Returns the error when the card is declined: that is booked, too."""
    intent = _get(tx, name)
    card = CARDS[intent["payment_method"]]
    if card.asks and not authenticated:
        _ask_customer(tx, moment, name)
        return None
    if card.decline:
        return _decline(tx, moment, intent, card.decline)
    charge = _book_charge(tx, moment, intent)
    tx.execute("UPDATE intents SET status = 'succeeded', last_error = NULL WHERE id = ?", (name,))
    events.record(tx, moment, "charge.succeeded", shapes.charge(charge))
    events.record(tx, moment, "payment_intent.succeeded", shapes.intent(tx, moment, _get(tx, name)))
    return None


def refuse(tx: Tx, moment: Moment, name: str) -> None:
    """The customer refused on the provider's page: no charge, and the intent needs another card."""
    message = "The customer did not confirm the payment. Try again with another payment method."
    error = {"type": "card_error", "code": "payment_intent_authentication_failure", "message": message}
    _need_other_card(tx, moment, _get(tx, name), error)


def _ask_customer(tx: Tx, moment: Moment, name: str) -> None:
    # A fresh page each time: what was shown for an earlier attempt must not decide on this one.
    tx.execute("UPDATE intents SET status = 'requires_action', challenge = ? WHERE id = ?", (ids.new("ask", 32), name))
    events.record(tx, moment, "payment_intent.requires_action", shapes.intent(tx, moment, _get(tx, name)))


def _decline(tx: Tx, moment: Moment, intent: sqlite3.Row, decline: Decline) -> dict[str, Any]:
    charge = _book_charge(tx, moment, intent, decline)
    events.record(tx, moment, "charge.failed", shapes.charge(charge))
    error = {
        "type": "card_error",
        "code": decline.code,
        "decline_code": decline.decline_code,
        "message": decline.message,
        "charge": charge["id"],
    }
    _need_other_card(tx, moment, intent, error)
    return error


def _need_other_card(tx: Tx, moment: Moment, intent: sqlite3.Row, error: dict[str, Any]) -> None:
    method = intent["payment_method"]
    error["payment_method"] = {"id": method, "object": "payment_method", "type": "card", "card": shapes.card(method)}
    tx.execute(
        "UPDATE intents SET status = 'requires_payment_method', payment_method = NULL, last_error = ? WHERE id = ?",
        (json.dumps(error), intent["id"]),
    )
    events.record(tx, moment, "payment_intent.payment_failed", shapes.intent(tx, moment, _get(tx, intent["id"])))


def _book_charge(tx: Tx, moment: Moment, intent: sqlite3.Row, decline: Decline | None = None) -> sqlite3.Row:
    row: sqlite3.Row = tx.execute(
        "INSERT INTO charges (id, intent, amount, currency, status, payment_method, failure_code, failure_message,"
        " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        (
            ids.new("ch"),
            intent["id"],
            intent["amount"],
            intent["currency"],
            "failed" if decline else "succeeded",
            intent["payment_method"],
            decline.code if decline else None,
            decline.message if decline else None,
            moment.ms,
        ),
    ).fetchone()
    return row


def _get(tx: Tx, name: str) -> sqlite3.Row:
    row: sqlite3.Row = tx.execute("SELECT * FROM intents WHERE id = ?", (name,)).fetchone()
    return row
