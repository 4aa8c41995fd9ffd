"""Triggers in the trial's own database: they note what must never be committed, cut connections, and take times.

What the tables look like when all is quiet does not tell what they went through. A note is written in the transaction
of the deed, so that it stands only if the deed does.
"""

from dataclasses import dataclass
from datetime import datetime

import psycopg

WITNESS = """
CREATE SCHEMA witness;
CREATE TABLE witness.broken (at timestamptz NOT NULL DEFAULT clock_timestamp(), what text NOT NULL, which text);
CREATE TABLE witness.taken_up (why text NOT NULL, since timestamptz NOT NULL, at timestamptz NOT NULL);
CREATE TABLE witness.cut (one_in int NOT NULL);
INSERT INTO witness.cut VALUES (0);

CREATE FUNCTION witness.saga_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which text := format('%s %s: %s %s epoch %s -> %s %s epoch %s', OLD.kind, OLD.key,
        OLD.state, OLD.position, OLD.epoch, NEW.state, NEW.position, NEW.epoch);
    back boolean := NEW.state IN ('compensating', 'compensated', 'parked', 'handed_over');
BEGIN
    IF OLD.state IN ('done', 'compensated', 'handed_over')
            AND (NEW.state, NEW.position, NEW.epoch) IS DISTINCT FROM (OLD.state, OLD.position, OLD.epoch) THEN
        INSERT INTO witness.broken (what, which) VALUES ('a saga went on after its end', which);
    ELSIF OLD.state = 'compensating' AND NOT back THEN
        INSERT INTO witness.broken (what, which) VALUES ('a saga went forward again after it had turned back', which);
    ELSIF NEW.position < OLD.position AND NOT back THEN
        INSERT INTO witness.broken (what, which) VALUES ('a saga forgot a step', which);
    ELSIF NEW.epoch < OLD.epoch THEN
        INSERT INTO witness.broken (what, which) VALUES ('a saga had an older driver again', which);
    END IF;
    IF NEW.epoch > OLD.epoch THEN
        IF OLD.owner IS NOT NULL AND OLD.lease_until > clock_timestamp() THEN
            INSERT INTO witness.broken (what, which) VALUES ('a saga was taken from a driver that held it', which);
        ELSIF OLD.owner IS NOT NULL THEN
            INSERT INTO witness.taken_up VALUES ('driver', OLD.lease_until, clock_timestamp());
        ELSIF OLD.epoch = 0 THEN
            INSERT INTO witness.taken_up VALUES ('begun', OLD.begun_at, clock_timestamp());
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER UPDATE ON sagas FOR EACH ROW EXECUTE FUNCTION witness.saga_moved();

CREATE FUNCTION witness.ended_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO witness.broken (what, which)
    VALUES (format('one of the %s that had come to its end went on', TG_TABLE_NAME),
        format('%s: %s -> %s', OLD.id, OLD.state, NEW.state));
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER UPDATE ON orders FOR EACH ROW
    WHEN (OLD.state IN ('cancelled', 'refunded') AND NEW.state <> OLD.state
        OR OLD.state IN ('completed', 'refunding') AND NEW.state IN ('cancelled', 'awaiting_payment'))
    EXECUTE FUNCTION witness.ended_changed();
CREATE TRIGGER witness AFTER UPDATE ON refunds FOR EACH ROW
    WHEN (OLD.state IN ('rejected', 'cancelled') AND NEW.state <> OLD.state
        OR OLD.state IN ('sent', 'settled') AND NEW.state IN ('requested', 'approved', 'rejected', 'cancelled'))
    EXECUTE FUNCTION witness.ended_changed();
CREATE TRIGGER witness AFTER UPDATE ON mails FOR EACH ROW
    WHEN (OLD.state <> 'queued' AND NEW.state <> OLD.state)
    EXECUTE FUNCTION witness.ended_changed();

CREATE FUNCTION witness.mail_claimed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO witness.broken (what, which)
    VALUES ('a mail was taken from a sender that had it', format('%s %s', OLD.template, OLD.id));
    RETURN NULL;
END $$;
CREATE TRIGGER claimed AFTER UPDATE ON mails FOR EACH ROW
    WHEN (NEW.attempts > OLD.attempts AND (OLD.next_at > clock_timestamp() OR OLD.state <> 'queued'))
    EXECUTE FUNCTION witness.mail_claimed();

CREATE FUNCTION witness.ledger_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO witness.broken (what, which)
    VALUES (format('a line of %s was changed or taken out', TG_TABLE_NAME), OLD::text);
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER UPDATE OR DELETE ON points_entries
    FOR EACH ROW EXECUTE FUNCTION witness.ledger_changed();
CREATE TRIGGER witness AFTER UPDATE OR DELETE ON saga_steps
    FOR EACH ROW EXECUTE FUNCTION witness.ledger_changed();

CREATE FUNCTION witness.cut_off() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    share int := (SELECT one_in FROM witness.cut);
BEGIN
    IF share > 0 AND abs(hashtext(NEW.saga_id || NEW.step || NEW.phase || NEW.attempts)) % share = 0 THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cut_off AFTER INSERT ON saga_steps FOR EACH ROW EXECUTE FUNCTION witness.cut_off();
"""
AGED = """
UPDATE reservations SET expires_at = now() WHERE id IN (
    SELECT id FROM reservations WHERE status = 'PENDING' AND expires_at > now() ORDER BY id FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True)
class TakenUp:
    """A saga got a driver: `why` is 'begun' (since then) or 'driver' (the last one's lease ran out then)."""

    why: str
    since: datetime
    at: datetime


def install(url: str) -> None:
    """Before anything begins."""
    _do(url, WITNESS)


def cut(url: str, one_in: int) -> bool:
    """From now on one in so many lines of the log costs its writer the connection; 0: none. False: no PostgreSQL."""
    return _tried(url, f"UPDATE witness.cut SET one_in = {one_in}")


def age_holds(url: str) -> bool:
    """Lets the time of all holds be over. False if PostgreSQL is away."""
    return _tried(url, AGED)


def broken(url: str) -> list[str]:
    """What was committed and must never be."""
    with psycopg.connect(url) as connection:
        return [
            f"{what}: {which}"
            for what, which in connection.execute("SELECT what, which FROM witness.broken ORDER BY at")
        ]


def taken_up(url: str) -> list[TakenUp]:
    """Every saga that got its first driver, or another one after the last was lost."""
    with psycopg.connect(url) as connection:
        return [TakenUp(*row) for row in connection.execute("SELECT why, since, at FROM witness.taken_up ORDER BY at")]


def _do(url: str, statement: str) -> None:
    with psycopg.connect(url, connect_timeout=2) as connection:
        connection.execute(statement.encode())


def _tried(url: str, statement: str) -> bool:
    try:
        _do(url, statement)
    except psycopg.OperationalError:
        return False
    return True
