"""The six plain business writes of a paid booking, as all who are measured do them: same SQL, same tables.

No import but the standard library's: the peers run this file in their own environment.
"""

from collections.abc import Mapping
from typing import Any

ACCOUNTS = 1000
"""Enough that neighbouring orders do not wait for each other's account."""

TABLES = f"""
CREATE TABLE bench_accounts (
    id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0)
) WITH (fillfactor = 60);
CREATE TABLE bench_orders (
    id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES bench_accounts, total bigint NOT NULL,
    state text NOT NULL, created_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 60);
CREATE TABLE bench_payments (
    key text PRIMARY KEY, order_id bigint NOT NULL, amount bigint NOT NULL, reference text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE bench_points (
    order_id bigint NOT NULL, reason text NOT NULL, account_id bigint NOT NULL, points bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (order_id, reason)
);
CREATE TABLE bench_mails (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL, template text NOT NULL,
    data jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO bench_accounts SELECT n, 1000000000 FROM generate_series(0, {ACCOUNTS - 1}) AS n;
"""

CREATE_ORDER = """
INSERT INTO bench_orders (id, account_id, total, state) VALUES (%(order_id)s, %(account_id)s, %(total)s, 'processing')
"""
# Points never go below what is there: no row comes back when they are too few, and that is a refusal.
POINTS_USED = """account AS (
    UPDATE bench_accounts SET balance = balance - %(points)s
    WHERE id = %(account_id)s AND balance >= %(points)s RETURNING id
), done AS (
    INSERT INTO bench_points (order_id, reason, account_id, points)
    SELECT %(order_id)s, 'used', id, -%(points)s FROM account RETURNING order_id
)"""
USE_POINTS = f"WITH {POINTS_USED} SELECT order_id FROM done"
RECORD_PAYMENT = """
INSERT INTO bench_payments (key, order_id, amount, reference) VALUES (%(key)s, %(order_id)s, %(total)s, %(reference)s)
"""
ACCRUE_POINTS = """
WITH account AS (UPDATE bench_accounts SET balance = balance + %(accrual)s WHERE id = %(account_id)s RETURNING id)
INSERT INTO bench_points (order_id, reason, account_id, points)
SELECT %(order_id)s, 'accrued', id, %(accrual)s FROM account
"""
COMPLETE_ORDER = "UPDATE bench_orders SET state = 'completed' WHERE id = %(order_id)s"
QUEUE_MAIL = """
INSERT INTO bench_mails (order_id, template, data) VALUES (%(order_id)s, 'confirmed', '{"language": "en"}')
"""

COUNT_COMPLETE = """
SELECT count(*) FROM bench_orders AS o
JOIN bench_payments AS p ON p.order_id = o.id
JOIN bench_mails AS m ON m.order_id = o.id
WHERE o.state = 'completed' AND o.id >= %(first)s AND o.id < %(beyond)s
    AND (SELECT count(*) FROM bench_points WHERE order_id = o.id) = 2
"""


def order(number: int) -> Mapping[str, Any]:
    """The order of this number: what a customer would have put together."""
    return {"order_id": number, "account_id": number % ACCOUNTS, "total": 30000, "points": 500, "accrual": 295}


def charge(key: str) -> str:
    """The outside provider, in this process and without delay; it has never heard of the key and says yes."""
    return f"ch_{key}"
