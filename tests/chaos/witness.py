"""Triggers in the trial's own database: they note what must never be committed, cut connections, and take times.

What the tables look like when all is quiet does not tell what they went through. A note is written in the transaction
of the deed, so that it stands only if the deed does. Each process has a name of its own on its connections.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

WITNESS = """
CREATE SCHEMA witness;
CREATE TABLE witness.broken (at timestamptz NOT NULL DEFAULT clock_timestamp(), what text NOT NULL, which text);
CREATE TABLE witness.taken_up (why text NOT NULL, since timestamptz NOT NULL, at timestamptz NOT NULL);
CREATE UNLOGGED TABLE witness.holders (saga_id uuid PRIMARY KEY, process text NOT NULL);
CREATE TABLE witness.cut (one_in int NOT NULL);
INSERT INTO witness.cut VALUES (0);
CREATE SEQUENCE witness.cuts;
SELECT nextval('witness.cuts');

CREATE FUNCTION witness.saga_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which text := format('%s %s: %s %s epoch %s -> %s %s epoch %s', OLD.kind, OLD.key,
        OLD.state, OLD.position, OLD.epoch, NEW.state, NEW.position, NEW.epoch);
    back boolean := NEW.state IN ('compensating', 'compensated', 'parked', 'handed_over');
    share int := (SELECT one_in FROM witness.cut);
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
    IF NEW.log <> OLD.log THEN
        IF OLD.log <> coalesce((SELECT jsonb_agg(entry ORDER BY n) FROM jsonb_array_elements(NEW.log)
                WITH ORDINALITY AS had(entry, n) WHERE n <= jsonb_array_length(OLD.log)), '[]') THEN
            INSERT INTO witness.broken (what, which) VALUES ('lines of a saga''s log were changed or taken out', which);
        END IF;
        IF share > 0 AND abs(hashtext(NEW.id || '-' || NEW.position || '-' || NEW.epoch)) % share = 0 THEN
            PERFORM nextval('witness.cuts');  -- it counts although all else is undone
            PERFORM pg_terminate_backend(pg_backend_pid());
        END IF;
    END IF;
    IF NEW.epoch = OLD.epoch AND (NEW.state, NEW.position) IS DISTINCT FROM (OLD.state, OLD.position) AND EXISTS (
        SELECT FROM witness.holders WHERE saga_id = NEW.id AND process <> current_setting('application_name')
    ) THEN
        INSERT INTO witness.broken (what, which) VALUES ('a saga was moved by a worker that had lost it', which);
    END IF;
    IF NEW.epoch > OLD.epoch THEN
        INSERT INTO witness.holders VALUES (NEW.id, current_setting('application_name'))
        ON CONFLICT (saga_id) DO UPDATE SET process = excluded.process;
        IF OLD.owner IS NOT NULL AND OLD.lease_until > clock_timestamp() THEN
            INSERT INTO witness.broken (what, which) VALUES ('a saga was taken from a driver that held it', which);
        ELSIF OLD.owner IS NOT NULL THEN
            INSERT INTO witness.taken_up VALUES ('driver', OLD.lease_until, clock_timestamp());
        ELSIF OLD.epoch = 0 THEN
            INSERT INTO witness.taken_up VALUES ('begun', OLD.begun_at, clock_timestamp());
        ELSE
            INSERT INTO witness.taken_up VALUES ('again', OLD.next_at, clock_timestamp());
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER UPDATE ON sagas FOR EACH ROW EXECUTE FUNCTION witness.saga_moved();

CREATE FUNCTION witness.ended_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'orders' AND (OLD.state, NEW.state) = ('cancelled', 'processing') THEN
        IF EXISTS (SELECT FROM sagas WHERE kind = 'late_payment' AND key = NEW.number AND ended_at IS NULL) THEN
            RETURN NULL;  -- its money came late, and all was still free
        END IF;
    END IF;
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
"""
AGED = """
UPDATE reservations SET expires_at = now() WHERE id IN (
    SELECT id FROM reservations WHERE status = 'PENDING' AND expires_at > now() ORDER BY id FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True)
class TakenUp:
    """A saga got a driver. `why`: 'begun' (then), 'driver' (its last one's lease ran out then), 'again' (due then)."""

    why: str
    since: datetime
    at: datetime


def install(url: str) -> None:
    """Before anything begins."""
    _do(url, WITNESS)


def cut(url: str, one_in: int) -> None:
    """From now on one in so many entries of the log costs its writer the connection; 0: none."""
    _do(url, f"UPDATE witness.cut SET one_in = {one_in}")


def cuts(url: str) -> int:
    """How many connections have been cut."""
    return int(_read(url, "SELECT last_value - 1 FROM witness.cuts")[0][0])


def calling(url: str) -> dict[tuple[UUID, int], str]:
    """Sagas whose money is moving at the provider just now, with their epochs: the process that drives them."""
    of = """
        SELECT s.id, s.epoch, h.process FROM sagas s JOIN witness.holders h ON h.saga_id = s.id
        JOIN saga_calls c ON c.saga_id = s.id AND c.state = 'sent'
        JOIN payment_attempts a ON a.key = c.key AND (a.kind = 'refund' OR a.provider_ref IS NOT NULL)
        WHERE s.state = 'calling' AND s.lease_until > now() AND c.first_sent_at > now() - interval '0.7 seconds'
    """
    return {(saga_id, epoch): process for saga_id, epoch, process in _read(url, of)}


def all_taken(url: str, epochs: Mapping[UUID, int]) -> bool:
    """Whether none of these sagas is still in the hands that had it at that epoch."""
    left = """
        SELECT count(*) FROM sagas JOIN unnest(%s::uuid[], %s::bigint[]) AS had(id, epoch) USING (id, epoch)
        WHERE owner IS NOT NULL
    """
    return not _read(url, left, (list(epochs), list(epochs.values())))[0][0]


def age_holds(url: str) -> None:
    """Lets the time of all holds be over."""
    _do(url, AGED)


def broken(url: str) -> list[str]:
    """What was committed and must never be."""
    return [f"{what}: {which}" for what, which in _read(url, "SELECT what, which FROM witness.broken ORDER BY at")]


def taken_up(url: str) -> list[TakenUp]:
    """Every time that a saga got a driver."""
    return [TakenUp(*row) for row in _read(url, "SELECT why, since, at FROM witness.taken_up ORDER BY at")]


def _do(url: str, statement: str) -> None:
    with psycopg.connect(url, connect_timeout=5) as connection:
        connection.execute(statement.encode())


def _read(url: str, query: str, given: Any = None) -> list[Any]:
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute(query.encode(), given).fetchall()
