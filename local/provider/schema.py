"""The tables of the provider's books, with the constraints that make a wrong booking impossible to store."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS intents (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    secret TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN
        ('requires_payment_method', 'requires_confirmation', 'requires_action', 'succeeded', 'canceled')),
    payment_method TEXT,
    redirects TEXT NOT NULL CHECK (redirects IN ('always', 'never', 'off')),
    metadata TEXT NOT NULL,
    description TEXT,
    receipt_email TEXT,
    return_url TEXT,
    challenge TEXT UNIQUE,
    last_error TEXT,
    canceled INTEGER,
    cancellation_reason TEXT,
    created_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS intents_by_time ON intents (created_ms);

CREATE TABLE IF NOT EXISTS charges (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    intent TEXT NOT NULL REFERENCES intents (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    amount_refunded INTEGER NOT NULL DEFAULT 0 CHECK (amount_refunded BETWEEN 0 AND amount),
    currency TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('succeeded', 'failed')),
    payment_method TEXT NOT NULL,
    failure_code TEXT,
    failure_message TEXT,
    created_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS charges_by_intent ON charges (intent);
CREATE UNIQUE INDEX IF NOT EXISTS an_intent_is_charged_once ON charges (intent) WHERE status = 'succeeded';

CREATE TABLE IF NOT EXISTS refunds (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    intent TEXT NOT NULL REFERENCES intents (id),
    charge TEXT NOT NULL REFERENCES charges (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    reason TEXT,
    status TEXT NOT NULL CHECK (status IN ('pending', 'succeeded', 'failed')),
    metadata TEXT NOT NULL,
    ends_as TEXT,
    ends_ms INTEGER,
    created_ms INTEGER NOT NULL,
    CHECK ((status = 'pending') = (ends_ms IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS refunds_by_intent ON refunds (intent);
CREATE INDEX IF NOT EXISTS refunds_in_waiting ON refunds (ends_ms) WHERE status = 'pending';

CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    created_ms INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY,
    event TEXT NOT NULL REFERENCES events (id),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'lost', 'given_up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_ms INTEGER NOT NULL,
    fault TEXT,
    last_answer TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_in_waiting ON deliveries (due_ms) WHERE state = 'waiting';

CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    request TEXT NOT NULL,
    created_ms INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
