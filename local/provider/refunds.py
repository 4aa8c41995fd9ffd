"""Refunds: money given back, never more than was charged, at once or after a while."""

import json
import sqlite3

from local.provider import events, ids, shapes
from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.cards import CARDS
from local.provider.errors import missing, no_such, refused
from local.provider.listing import page
from local.provider.moment import Moment
from local.provider.money import written
from local.provider.params import Params

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(tx: Tx, moment: Moment, params: Params) -> Answer:
    """Give back `amount` of a charge, all that is left without one. What is pending counts as given back."""
    params.allow("payment_intent", "charge", "amount", "reason", "metadata", "expand")
    expand = params.expand(*shapes.REFUND_EXPANDS)
    amount = params.integer("amount", least=1, most=99_999_999)
    reason, metadata = params.choice("reason", *REASONS), params.metadata()
    charge = _charge(tx, params)
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise refused(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    amount = amount or left
    if amount > left:
        asked, rest = written(amount, charge["currency"]), written(left, charge["currency"])
        raise refused(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})", param="amount")
    card = CARDS[charge["payment_method"]]
    waits = card.refunds_wait and not _failed_before(tx, charge["id"])
    tx.execute("UPDATE charges SET amount_refunded = amount_refunded + ? WHERE id = ?", (amount, charge["id"]))
    refund = tx.execute(
        "INSERT INTO refunds (id, intent, charge, amount, currency, reason, status, metadata, ends_as, ends_ms,"
        " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        (
            ids.new("re"),
            charge["intent"],
            charge["id"],
            amount,
            charge["currency"],
            reason,
            "pending" if waits else "succeeded",
            json.dumps(metadata),
            card.refunds_end if waits else None,
            moment.ms + moment.settings.pending_refund_ms if waits else None,
            moment.ms,
        ),
    ).fetchone()
    _tell(tx, moment, "refund.created", refund)
    _tell_charge(tx, moment, refund)
    return Answer(200, shapes.refund(tx, moment, refund, expand))


def _failed_before(tx: Tx, charge: str) -> bool:
    """Whether a refund of this charge came back: the next one arrives, so that sending again can be tried out."""
    return tx.execute("SELECT 1 FROM refunds WHERE charge = ? AND status = 'failed'", (charge,)).fetchone() is not None


def retrieve(tx: Tx, moment: Moment, params: Params, name: str) -> Answer:
    params.allow("expand")
    row = tx.execute("SELECT * FROM refunds WHERE id = ?", (name,)).fetchone()
    if row is None:
        raise no_such("refund", name)
    return Answer(200, shapes.refund(tx, moment, row, params.expand(*shapes.REFUND_EXPANDS)))


def list_all(tx: Tx, moment: Moment, params: Params) -> Answer:
    params.allow("payment_intent", "charge", "created", "limit", "starting_after", "ending_before", "expand")
    expand = params.expand(*shapes.REFUND_EXPANDS)
    asked = {"intent = ?": params.text("payment_intent"), "charge = ?": params.text("charge")}
    where = {condition: [name] for condition, name in asked.items() if name}
    return page(tx, params, "refunds", "/v1/refunds", where, lambda row: shapes.refund(tx, moment, row, expand))


def end_pending(tx: Tx, moment: Moment) -> int | None:
    """End each pending refund whose time has come; return when the next one is due, in ms, or None."""
    due = tx.execute("SELECT * FROM refunds WHERE status = 'pending' AND ends_ms <= ?", (moment.ms,)).fetchall()
    for refund in due:
        ended = tx.execute(
            "UPDATE refunds SET status = ends_as, ends_ms = NULL WHERE id = ? RETURNING *", (refund["id"],)
        ).fetchone()
        if ended["status"] == "failed":  # the money is back with the shop
            tx.execute(
                "UPDATE charges SET amount_refunded = amount_refunded - ? WHERE id = ?",
                (ended["amount"], ended["charge"]),
            )
            _tell(tx, moment, "refund.failed", ended)
        else:
            _tell(tx, moment, "refund.updated", ended)
    next_ms: int | None = tx.execute("SELECT min(ends_ms) FROM refunds WHERE status = 'pending'").fetchone()[0]
    return next_ms


def _charge(tx: Tx, params: Params) -> sqlite3.Row:
    """The paid charge to give back from, named by itself or by its intent."""
    charge, intent = params.text("charge"), params.text("payment_intent")
    if not charge and not intent:
        raise missing("payment_intent")
    if intent and tx.execute("SELECT 1 FROM intents WHERE id = ?", (intent,)).fetchone() is None:
        raise no_such("payment_intent", intent, "payment_intent", 400)
    if charge and tx.execute("SELECT 1 FROM charges WHERE id = ?", (charge,)).fetchone() is None:
        raise no_such("charge", charge, "charge", 400)
    row: sqlite3.Row | None = tx.execute(
        "SELECT * FROM charges WHERE status = 'succeeded' AND id = coalesce(?, id) AND intent = coalesce(?, intent)",
        (charge, intent),
    ).fetchone()
    if row is None:
        raise refused(f"{intent or charge} does not have a successful charge to refund.", param="payment_intent")
    return row


def _tell(tx: Tx, moment: Moment, kind: str, refund: sqlite3.Row) -> None:
    events.record(tx, moment, kind, shapes.refund(tx, moment, refund))


def _tell_charge(tx: Tx, moment: Moment, refund: sqlite3.Row) -> None:
    charge = tx.execute("SELECT * FROM charges WHERE id = ?", (refund["charge"],)).fetchone()
    events.record(tx, moment, "charge.refunded", shapes.charge(charge))
