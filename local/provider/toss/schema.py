"""The tables of this face, with the constraints that make a wrong booking impossible to store."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS toss_payments (
    seq INTEGER PRIMARY KEY,
    payment_key TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL,
    order_name TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    balance INTEGER NOT NULL CHECK (balance BETWEEN 0 AND amount),
    status TEXT NOT NULL CHECK (status IN
        ('READY', 'IN_PROGRESS', 'DONE', 'CANCELED', 'PARTIAL_CANCELED', 'ABORTED', 'EXPIRED')),
    card TEXT,
    success_url TEXT,
    fail_url TEXT,
    transaction_key TEXT UNIQUE,
    failure_code TEXT,
    failure_message TEXT,
    requested_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    approved_ms INTEGER,
    CHECK ((status IN ('READY', 'IN_PROGRESS')) = (expires_ms IS NOT NULL)),
    CHECK ((status IN ('DONE', 'CANCELED', 'PARTIAL_CANCELED')) = (approved_ms IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS toss_payments_by_order ON toss_payments (order_id);
CREATE INDEX IF NOT EXISTS toss_payments_in_waiting ON toss_payments (expires_ms) WHERE expires_ms IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS an_order_is_approved_once ON toss_payments (order_id) WHERE approved_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS toss_cancels (
    seq INTEGER PRIMARY KEY,
    payment_key TEXT NOT NULL REFERENCES toss_payments (payment_key),
    transaction_key TEXT NOT NULL UNIQUE,
    amount INTEGER NOT NULL CHECK (amount > 0),
    reason TEXT NOT NULL,
    refundable INTEGER NOT NULL CHECK (refundable >= 0),
    created_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS toss_cancels_by_payment ON toss_cancels (payment_key);

CREATE TABLE IF NOT EXISTS toss_keys (
    scope TEXT PRIMARY KEY,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_ms INTEGER NOT NULL
);
"""
