"""How this face shows a payment, and times as it writes them: on the clock of Seoul."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from local.provider.books import Tx
from local.provider.moment import Moment

SEOUL = timezone(timedelta(hours=9))
MERCHANT = "practice"


def payment(tx: Tx, moment: Moment, row: sqlite3.Row) -> dict[str, Any]:
    """The Payment object."""
    cancels = tx.execute("SELECT * FROM toss_cancels WHERE payment_key = ? ORDER BY seq", (row["payment_key"],))
    shown = [_cancel(cancel) for cancel in cancels]
    failed = row["failure_code"] is not None
    return {
        "version": "2022-11-16",
        "mId": MERCHANT,
        "paymentKey": row["payment_key"],
        "lastTransactionKey": shown[-1]["transactionKey"] if shown else row["transaction_key"],
        "orderId": row["order_id"],
        "orderName": row["order_name"],
        "type": "NORMAL",
        "method": "카드",
        "status": state_of(row, moment.ms),
        "currency": "KRW",
        "totalAmount": row["amount"],
        "balanceAmount": row["balance"],
        "requestedAt": written(row["requested_ms"]),
        "approvedAt": written(row["approved_ms"]) if row["approved_ms"] is not None else None,
        "isPartialCancelable": True,
        "cancels": shown or None,
        "failure": {"code": row["failure_code"], "message": row["failure_message"]} if failed else None,
        "country": "KR",
    }


def state_of(row: sqlite3.Row, now_ms: int) -> str:
    """Its status now: what has run out is EXPIRED even before anybody wrote it down."""
    over = row["expires_ms"] is not None and row["expires_ms"] <= now_ms
    return "EXPIRED" if over else str(row["status"])


def written(ms: int) -> str:
    """For example `2026-11-23T09:00:00+09:00`."""
    return datetime.fromtimestamp(ms // 1000, UTC).astimezone(SEOUL).isoformat()


def _cancel(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "cancelAmount": row["amount"],
        "cancelReason": row["reason"],
        "refundableAmount": row["refundable"],
        "canceledAt": written(row["created_ms"]),
        "transactionKey": row["transaction_key"],
        "cancelStatus": "DONE",
    }
