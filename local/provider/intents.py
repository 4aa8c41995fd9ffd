"""Payment intents: what the shop wants paid, from creation to success or cancellation."""

import json
import sqlite3
from typing import Any

from local.provider import charging, events, ids, shapes
from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.cards import get_card
from local.provider.errors import invalid, missing, no_such, refused
from local.provider.listing import page
from local.provider.moment import Moment
from local.provider.money import is_taken
from local.provider.params import Params

CREATE = (
    *("amount", "currency", "payment_method", "payment_method_types", "automatic_payment_methods", "capture_method"),
    *("confirm", "return_url", "metadata", "description", "receipt_email", "expand"),
)
REASONS = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(tx: Tx, moment: Moment, params: Params) -> Answer:
    """Create an intent; with `confirm=true` charge it at once."""
    params.allow(*CREATE)
    expand = params.expand(*shapes.INTENT_EXPANDS)
    amount = params.integer("amount", least=1, most=99_999_999)
    if amount is None:
        raise missing("amount")
    currency = params.needed("currency").lower()
    if not is_taken(currency):
        raise invalid(f"Invalid currency: {currency}.", "currency")
    if params.choice("capture_method", "automatic", "automatic_async", "manual") == "manual":
        raise invalid("This practice provider captures at once; it knows no manual capture.", "capture_method")
    method = _method(params)
    redirects = _redirects(params)
    confirm, return_url = params.flag("confirm"), params.address("return_url")
    if return_url and not confirm:
        raise invalid("A return_url can only be given when confirm is true.", "return_url")
    if confirm:
        _check_confirmation(method, redirects, return_url)
    name = ids.new("pi")
    tx.execute(
        "INSERT INTO intents (id, secret, amount, currency, status, payment_method, redirects, metadata, description,"
        " receipt_email, return_url, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            name,
            ids.new(f"{name}_secret"),
            amount,
            currency,
            "requires_confirmation" if method else "requires_payment_method",
            method,
            redirects,
            json.dumps(params.metadata()),
            params.text("description", longest=1000),
            params.text("receipt_email", longest=254),
            return_url,
            moment.ms,
        ),
    )
    events.record(tx, moment, "payment_intent.created", shapes.intent(tx, moment, get(tx, name)))
    error = charging.attempt(tx, moment, name) if confirm else None
    return _answer(tx, moment, name, expand, error)


def confirm(tx: Tx, moment: Moment, params: Params, name: str) -> Answer:
    """Charge it, unless the card asks the customer first."""
    params.allow("payment_method", "return_url", "receipt_email", "expand")
    expand = params.expand(*shapes.INTENT_EXPANDS)
    intent = get(tx, name)
    method = _method(params) or intent["payment_method"]
    return_url = params.address("return_url") or intent["return_url"]
    if intent["status"] in ("succeeded", "canceled"):
        past = "already succeeded" if intent["status"] == "succeeded" else "been canceled"
        raise _unexpected(tx, moment, intent, f"You cannot confirm this PaymentIntent because it has {past}.")
    _check_confirmation(method, intent["redirects"], return_url)
    tx.execute("UPDATE intents SET payment_method = ?, return_url = ? WHERE id = ?", (method, return_url, name))
    return _answer(tx, moment, name, expand, charging.attempt(tx, moment, name))


def cancel(tx: Tx, moment: Moment, params: Params, name: str) -> Answer:
    """End an intent that was never paid; a paid one can only be refunded."""
    params.allow("cancellation_reason", "expand")
    expand = params.expand(*shapes.INTENT_EXPANDS)
    reason = params.choice("cancellation_reason", *REASONS)
    intent = get(tx, name)
    if intent["status"] not in CANCELABLE:
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. "
            f"Only a PaymentIntent with one of the following statuses may be canceled: {', '.join(CANCELABLE)}."
        )
        raise _unexpected(tx, moment, intent, message)
    tx.execute(
        "UPDATE intents SET status = 'canceled', canceled = ?, cancellation_reason = ? WHERE id = ?",
        (moment.seconds, reason, name),
    )
    events.record(tx, moment, "payment_intent.canceled", shapes.intent(tx, moment, get(tx, name)))
    return _answer(tx, moment, name, expand)


def retrieve(tx: Tx, moment: Moment, params: Params, name: str) -> Answer:
    params.allow("client_secret", "expand")
    return _answer(tx, moment, name, params.expand(*shapes.INTENT_EXPANDS))


def list_all(tx: Tx, moment: Moment, params: Params) -> Answer:
    params.allow("created", "limit", "starting_after", "ending_before", "expand")
    expand = params.expand(*shapes.INTENT_EXPANDS)
    return page(tx, params, "intents", "/v1/payment_intents", {}, lambda row: shapes.intent(tx, moment, row, expand))


def get(tx: Tx, name: str) -> sqlite3.Row:
    row: sqlite3.Row | None = tx.execute("SELECT * FROM intents WHERE id = ?", (name,)).fetchone()
    if row is None:
        raise no_such("payment_intent", name, "intent")
    return row


def _method(params: Params) -> str | None:
    method = params.text("payment_method")
    if method:
        get_card(method)
    return method


def _redirects(params: Params) -> str:
    """Whether methods may send the customer elsewhere: `always`, `never`, or `off` when the shop named its types."""
    types = params.choices("payment_method_types")
    if types and types != ["card"]:
        raise invalid("This practice provider takes cards only.", "payment_method_types")
    automatic = params.group("automatic_payment_methods")
    if automatic is None:  # as Stripe since 2023-08-16: automatic, unless the shop names the types
        return "off" if types else "always"
    if types:
        raise invalid("Give payment_method_types or automatic_payment_methods, not both.", "payment_method_types")
    automatic.allow("enabled", "allow_redirects")
    redirects = automatic.choice("allow_redirects", "always", "never") or "always"
    return redirects if automatic.flag("enabled") else "off"


def _check_confirmation(method: str | None, redirects: str, return_url: str | None) -> None:
    if method is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            "payment_method",
            "parameter_missing",
        )
    if redirects == "always" and return_url is None:
        raise invalid(
            "Payment methods of this PaymentIntent may send the customer to another page, so a return_url is needed. "
            "Give one, or set automatic_payment_methods[allow_redirects] to never.",
            "return_url",
        )


def _unexpected(tx: Tx, moment: Moment, intent: sqlite3.Row, message: str) -> Exception:
    return refused(message, "payment_intent_unexpected_state", payment_intent=shapes.intent(tx, moment, intent))


def _answer(tx: Tx, moment: Moment, name: str, expand: frozenset[str], error: dict[str, Any] | None = None) -> Answer:
    shape = shapes.intent(tx, moment, get(tx, name), expand)
    return Answer(402, {"error": error | {"payment_intent": shape}}) if error else Answer(200, shape)
