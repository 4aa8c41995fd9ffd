"""The list of everything that moved money in a span of time, oldest first: what a shop reconciles with."""

import sqlite3
from datetime import datetime
from typing import Any

from local.provider.answer import Answer
from local.provider.books import Tx
from local.provider.moment import Moment
from local.provider.toss.errors import invalid
from local.provider.toss.shapes import MERCHANT, SEOUL, written

MOST = 10_000
MOVED = """
SELECT * FROM (
    SELECT transaction_key, payment_key, order_id, 'DONE' AS status, amount, approved_ms AS at_ms
    FROM toss_payments WHERE approved_ms IS NOT NULL
    UNION ALL
    SELECT c.transaction_key, p.payment_key, p.order_id,
        CASE WHEN c.refundable = 0 THEN 'CANCELED' ELSE 'PARTIAL_CANCELED' END, c.amount, c.created_ms
    FROM toss_cancels c JOIN toss_payments p ON p.payment_key = c.payment_key
) WHERE at_ms >= ? AND at_ms <= ? ORDER BY at_ms, transaction_key
"""


def list_all(tx: Tx, moment: Moment, query: dict[str, str]) -> Answer:
    """`startDate`, `endDate` (Seoul without an offset), `startingAfter` (a transactionKey), `limit` (100)."""
    limit = query.get("limit", "100")
    if not limit.isdigit() or not 1 <= int(limit) <= MOST:
        raise invalid(f"limit is a number from 1 to {MOST}.")
    rows = tx.execute(MOVED, (_ms(query, "startDate"), _ms(query, "endDate") + 999)).fetchall()
    after = query.get("startingAfter")
    if after:
        keys = [row["transaction_key"] for row in rows]
        if after not in keys:
            raise invalid("startingAfter is no transaction of this list.")
        rows = rows[keys.index(after) + 1 :]
    return Answer(200, [_shape(row) for row in rows[: int(limit)]])  # type: ignore[arg-type]  # a list, here alone


def _shape(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "mId": MERCHANT,
        "transactionKey": row["transaction_key"],
        "paymentKey": row["payment_key"],
        "orderId": row["order_id"],
        "method": "카드",
        "customerKey": None,
        "useEscrow": False,
        "status": row["status"],
        "transactionAt": written(row["at_ms"]),
        "currency": "KRW",
        "amount": row["amount"],
    }


def _ms(query: dict[str, str], name: str) -> int:
    try:
        given = datetime.fromisoformat(query.get(name, ""))
    except ValueError:
        raise invalid(f"{name} is a time such as 2026-11-23T00:00:00.") from None
    return int((given if given.tzinfo else given.replace(tzinfo=SEOUL)).timestamp() * 1000)
