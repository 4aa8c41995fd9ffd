"""Payments: authorised in the window, confirmed by the shop once and in time, cancelled in whole or in part."""

import re
import sqlite3
from typing import Any

from local.provider import ids
from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.moment import Moment
from local.provider.toss import events
from local.provider.toss.cards import CARDS
from local.provider.toss.errors import TossError, invalid, not_found, refused, session_over
from local.provider.toss.shapes import payment, state_of

ORDER_ID = re.compile(r"[A-Za-z0-9_-]{6,64}")
LEAST = 100  # won, by card


def begin(tx: Tx, moment: Moment, asked: dict[str, Any]) -> sqlite3.Row:
    """The window opens: a payment that is READY. `asked`: orderId, orderName, amount, successUrl, failUrl."""
    order_id, name, amount = asked.get("orderId"), asked.get("orderName", "Order"), asked.get("amount")
    if not isinstance(order_id, str) or not ORDER_ID.fullmatch(order_id):
        raise TossError(400, "INVALID_ORDER_ID", "orderId has 6 to 64 letters, digits, - and _.")
    if not isinstance(name, str) or not 0 < len(name) <= 100:
        raise TossError(400, "INVALID_ORDER_NAME", "orderName has 1 to 100 characters.")
    if type(amount) is not int or amount < LEAST:
        raise TossError(400, "BELOW_MINIMUM_AMOUNT", f"A card pays {LEAST} won at least.")
    expires_ms = moment.ms + moment.settings.toss_ready_ms
    urls = asked.get("successUrl"), asked.get("failUrl")
    row: sqlite3.Row = tx.execute(
        "INSERT INTO toss_payments (payment_key, order_id, order_name, amount, balance, status, success_url, fail_url,"
        " requested_ms, expires_ms) VALUES (?, ?, ?, ?, ?, 'READY', ?, ?, ?, ?) RETURNING *",
        (ids.new("tpay"), order_id, name, amount, amount, *urls, moment.ms, expires_ms),
    ).fetchone()
    return row


def authorise(tx: Tx, moment: Moment, key: str, card: str) -> sqlite3.Row:
    """The customer has agreed; the shop may confirm within ten minutes."""
    if card not in CARDS:
        raise invalid(f"card is one of {', '.join(CARDS)}.")
    return _move(
        tx, moment, key, status="IN_PROGRESS", card=card, expires_ms=moment.ms + moment.settings.toss_confirm_ms
    )


def give_up(tx: Tx, moment: Moment, key: str, code: str, message: str) -> sqlite3.Row:
    """The customer did not agree, or their card company did not."""
    return _move(
        tx, moment, key, status="ABORTED", expires_ms=None, failure_code=code, failure_message=message, told=True
    )


def confirm(tx: Tx, moment: Moment, body: dict[str, Any]) -> Answer:
    """Takes the money, once."""
    key, order_id, amount = body.get("paymentKey"), body.get("orderId"), body.get("amount")
    if not isinstance(key, str) or not isinstance(order_id, str) or type(amount) is not int:
        raise invalid("paymentKey, orderId and amount are needed.")
    row = get(tx, key)
    state = state_of(row, moment.ms)
    if row["approved_ms"] is not None:
        raise refused(400, "ALREADY_PROCESSED_PAYMENT", "This payment was processed before.")
    if state != "IN_PROGRESS":
        raise session_over()
    if (row["order_id"], row["amount"]) != (order_id, amount):
        raise invalid("orderId or amount is not that of the payment.")
    if tx.execute("SELECT 1 FROM toss_payments WHERE order_id = ? AND approved_ms > 0", (order_id,)).fetchone():
        raise refused(400, "DUPLICATED_ORDER_ID", "This order was paid before.")
    card = CARDS[row["card"]]
    if card.error:
        if not card.ends:
            raise card.error
        code, message = card.error.answer.body["code"], card.error.answer.body["message"]
        give_up(tx, moment, key, code, message)
        return card.error.answer
    done = _move(
        tx,
        moment,
        key,
        status="DONE",
        expires_ms=None,
        approved_ms=moment.ms,
        transaction_key=ids.new("txrd"),
        told=True,
    )
    return Answer(200, payment(tx, moment, done))


def cancel(tx: Tx, moment: Moment, body: dict[str, Any], key: str) -> Answer:
    """Gives back `cancelAmount`, all that is left without one."""
    reason, amount = body.get("cancelReason"), body.get("cancelAmount")
    if not isinstance(reason, str) or not 0 < len(reason) <= 200:
        raise invalid("cancelReason has 1 to 200 characters.")
    if amount is not None and (type(amount) is not int or amount < 1):
        raise invalid("cancelAmount is a whole number of won from 1.")
    row = get(tx, key)
    if row["status"] == "CANCELED":
        raise refused(400, "ALREADY_CANCELED_PAYMENT", "This payment was cancelled before.")
    if row["approved_ms"] is None:
        raise refused(403, "NOT_CANCELABLE_PAYMENT", "Only an approved payment can be cancelled.")
    amount = row["balance"] if amount is None else amount
    if amount > row["balance"]:
        raise refused(403, "NOT_CANCELABLE_AMOUNT", "More than is left of the payment cannot be cancelled.")
    left = row["balance"] - amount
    tx.execute(
        "INSERT INTO toss_cancels (payment_key, transaction_key, amount, reason, refundable, created_ms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (key, ids.new("txrd"), amount, reason, left, moment.ms),
    )
    status = "PARTIAL_CANCELED" if left else "CANCELED"
    return Answer(200, payment(tx, moment, _move(tx, moment, key, status=status, balance=left, told=True)))


def retrieve(tx: Tx, moment: Moment, query: dict[str, str], key: str) -> Answer:
    return Answer(200, payment(tx, moment, get(tx, key)))


def of_order(tx: Tx, moment: Moment, query: dict[str, str], order_id: str) -> Answer:
    """The payment of an order: the approved one if there is one, else the newest try."""
    row = tx.execute(
        "SELECT * FROM toss_payments WHERE order_id = ? ORDER BY approved_ms IS NULL, seq DESC LIMIT 1", (order_id,)
    ).fetchone()
    if row is None:
        raise not_found()
    return Answer(200, payment(tx, moment, row))


def expire(tx: Tx, moment: Moment) -> int | None:
    """Ends what nobody confirmed in time; returns when the next one is due, in ms, or None."""
    due = tx.execute("SELECT payment_key FROM toss_payments WHERE expires_ms <= ?", (moment.ms,)).fetchall()
    for row in due:
        _move(tx, moment, row["payment_key"], status="EXPIRED", expires_ms=None, told=True)
    next_ms: int | None = tx.execute("SELECT min(expires_ms) FROM toss_payments").fetchone()[0]
    return next_ms


def get(tx: Tx, key: str) -> sqlite3.Row:
    row: sqlite3.Row | None = tx.execute("SELECT * FROM toss_payments WHERE payment_key = ?", (key,)).fetchone()
    if row is None:
        raise not_found()
    return row


def _move(tx: Tx, moment: Moment, key: str, *, told: bool = False, **values: Any) -> sqlite3.Row:
    names = ", ".join(f"{name} = ?" for name in values)
    row: sqlite3.Row = tx.execute(
        f"UPDATE toss_payments SET {names} WHERE payment_key = ? RETURNING *",  # noqa: S608  # names are our own
        (*values.values(), key),
    ).fetchone()
    if told:
        events.record(tx, moment, payment(tx, moment, row))
    return row
