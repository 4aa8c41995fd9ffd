"""The engine's SQL. Every time is the database's; every write of a driver is fenced by epoch and owner.

Statements go to the driver as they stand (psycopg prepares them), because this is the hot path of every booking.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from portal.kernel.db import Tx


class Fenced(Exception):
    """This driver no longer holds the saga; whatever it was about to write must not be committed."""


@dataclass(frozen=True)
class Claim:
    """A saga in the hands of one driver: what it is, how far, and the epoch that fences every write."""

    id: UUID
    kind: str
    version: int
    key: str
    command: Mapping[str, Any]
    state: str
    position: int
    epoch: int
    owner: str
    attempts: int
    wakes: int
    refusal: Mapping[str, Any] | None


@dataclass(frozen=True)
class Line:
    """A line of the log, written in the transaction of the effect it tells of."""

    step: str
    phase: str
    outcome: str
    seq: int
    output: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Planned:
    """A call about to be sent; it leaves the house only after this is committed."""

    key: str
    step: str
    attempt: int


@dataclass(frozen=True)
class Answer:
    """What became of a call, and how often it was sent and asked for on the way."""

    key: str
    state: str
    error: str | None
    sends: int
    asks: int


@dataclass(frozen=True)
class Intent:
    """A call to the outside that may have been sent."""

    key: str
    attempt: int
    state: str
    first_sent_at: datetime
    age: float
    """Seconds since it was first sent, by the database's clock."""


BEGIN = """
INSERT INTO sagas (id, kind, version, key, command)
VALUES (%(id)s, %(kind)s, %(version)s, %(key)s, %(command)s::jsonb) ON CONFLICT DO NOTHING
"""

# One statement, and its commit need not wait for the disk: a claim that a power cut forgets is simply claimed again,
# and the owner's token keeps two claims of one epoch apart.
CLAIM = """
WITH quick AS (SELECT set_config('synchronous_commit', 'off', true) AS it)
UPDATE sagas SET
    epoch = epoch + 1,
    attempts = attempts + 1,
    owner = %(owner)s,
    lease_until = now() + %(lease)s * interval '1 second',
    next_at = now() + %(lease)s * interval '1 second',
    state = CASE state WHEN 'ready' THEN 'running' ELSE state END
FROM quick
WHERE id = %(id)s
    AND quick.it IS NOT NULL
    AND state NOT IN ('done', 'compensated', 'parked')
    AND (lease_until IS NULL OR lease_until < now())
    AND next_at <= now()
    AND kind || ' ' || version = ANY(%(known)s)
RETURNING id, kind, version, key, command, state, position, epoch, owner, attempts, wakes, refusal
"""

# The fence, the saga's new state, the log and the call, in one statement of the effect's own transaction.
CLOSE = """
WITH fence AS (
    UPDATE sagas SET
        state = %(state)s,
        position = %(position)s,
        attempts = %(attempts)s,
        last_error = NULL,
        refusal = coalesce(%(refusal)s::jsonb, refusal),
        owner = CASE WHEN %(keep)s THEN owner END,
        lease_until = CASE WHEN %(keep)s THEN now() + %(lease)s * interval '1 second' END,
        next_at = CASE
            WHEN %(keep)s THEN now() + %(lease)s * interval '1 second'
            WHEN wakes <> %(wakes)s THEN now()
            ELSE coalesce(%(next_at)s, now())
        END,
        ended_at = CASE WHEN %(state)s IN ('done', 'compensated') THEN now() END
    WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s
    RETURNING id
), log AS (
    INSERT INTO saga_steps (saga_id, step, phase, outcome, output, attempts, seq)
    SELECT fence.id, line.step, line.phase, line.outcome, line.output, %(tries)s, line.seq
    FROM fence, jsonb_to_recordset(%(lines)s::jsonb)
        AS line(step text, phase text, outcome text, output jsonb, seq int)
)
SELECT now() FROM fence
"""
INTEND = """, intent AS (
    INSERT INTO saga_calls (key, saga_id, step, attempt, state, sends)
    SELECT %(call)s, id, %(call_step)s, %(call_attempt)s, 'sent', 1 FROM fence
)
SELECT now()"""
ANSWER = """, answer AS (
    UPDATE saga_calls SET
        state = %(call_state)s, last_error = %(call_error)s, sends = sends + %(sends)s, asks = asks + %(asks)s,
        answered_at = CASE WHEN %(call_state)s IN ('done', 'refused') THEN now() END
    FROM fence WHERE saga_calls.key = %(call)s
)
SELECT now()"""
CLOSE_AND_INTEND = CLOSE.replace("\nSELECT now()", INTEND)
CLOSE_AND_ANSWER = CLOSE.replace("\nSELECT now()", ANSWER)

FENCE = "SELECT 1 FROM sagas WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s FOR UPDATE"

# A visit without progress: the count of attempts stays, the time of the next look is set.
PUT_OFF = """
UPDATE sagas SET
    state = %(state)s,
    last_error = %(error)s,
    owner = NULL,
    lease_until = NULL,
    next_at = CASE WHEN wakes <> %(wakes)s THEN now() ELSE now() + %(delay)s * interval '1 second' END
WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s
"""

PARK = """
UPDATE sagas SET
    state = 'parked', parked_from = %(state)s, park_reason = %(reason)s,
    last_error = coalesce(%(error)s, last_error),
    owner = NULL, lease_until = NULL
WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s
"""

INTENT = """
SELECT key, attempt, state, first_sent_at, extract(epoch FROM now() - first_sent_at) AS age
FROM saga_calls WHERE saga_id = %(id)s AND step = %(step)s ORDER BY attempt DESC LIMIT 1
"""

UNANSWERED = """
UPDATE saga_calls SET state = 'unknown', last_error = %(error)s, sends = sends + %(sends)s, asks = asks + %(asks)s
WHERE key = %(key)s
"""

DUE = """
SELECT id FROM sagas
WHERE state NOT IN ('done', 'compensated', 'parked')
    AND next_at <= now()
    AND (state <> 'ready' OR next_at <= now() - %(grace)s * interval '1 second')
    AND kind || ' ' || version = ANY(%(known)s)
ORDER BY next_at LIMIT %(limit)s
"""

RENEW = """
UPDATE sagas SET
    lease_until = now() + %(lease)s * interval '1 second', next_at = now() + %(lease)s * interval '1 second'
WHERE id = ANY(%(ids)s) AND owner = %(owner)s AND lease_until IS NOT NULL
"""


def begin(tx: Tx, saga_id: UUID, kind: str, version: int, key: str, command: str) -> bool:
    """Writes a new saga, its command as JSON. False if there is one of this kind and key."""
    tx.flush()
    given = {"id": saga_id, "kind": kind, "version": version, "key": key, "command": command}
    return tx.connection().exec_driver_sql(BEGIN, given).rowcount == 1


def claim(connection: Connection, saga_id: UUID, *, owner: str, lease: float, known: Sequence[str]) -> Claim | None:
    """Takes the saga if it is due and nobody holds it; counts the attempt. None if there is nothing to do."""
    given = {"id": saga_id, "owner": owner, "lease": lease, "known": known}
    row = connection.exec_driver_sql(CLAIM, given).one_or_none()
    return Claim(*row) if row else None


def close(
    tx: Tx,
    claim: Claim,
    *,
    state: str,
    position: int,
    lines: Sequence[Line],
    lease: float,
    keep: bool = False,
    next_at: datetime | None = None,
    refusal: Mapping[str, Any] | None = None,
    intent: Planned | None = None,
    answer: Answer | None = None,
) -> datetime:
    """Ends a segment: the lines, the new state, the fence, and the beginning or the end of a call.

    `keep` goes on driving; else the lease is given back. Returns the moment, by the database's clock.

    Raises Fenced if the saga is somebody else's by now; the caller's transaction must then be rolled back.
    """
    tx.flush()
    given = {
        "id": claim.id,
        "epoch": claim.epoch,
        "owner": claim.owner,
        "state": state,
        "position": position,
        "attempts": 1 if keep else 0,
        "tries": claim.attempts,
        "lines": json.dumps([vars(line) for line in lines]),
        "refusal": json.dumps(refusal) if refusal else None,
        "keep": keep,
        "lease": lease,
        "wakes": claim.wakes,
        "next_at": next_at,
    }
    sql = CLOSE
    if intent:
        sql = CLOSE_AND_INTEND
        given |= {"call": intent.key, "call_step": intent.step, "call_attempt": intent.attempt}
    elif answer:
        sql = CLOSE_AND_ANSWER
        given |= {
            "call": answer.key,
            "call_state": answer.state,
            "call_error": answer.error,
            "sends": answer.sends,
            "asks": answer.asks,
        }
    moment: datetime | None = tx.connection().exec_driver_sql(sql, given).scalar_one_or_none()
    if moment is None:
        raise Fenced(claim.id)
    return moment


def fence(tx: Tx, claim: Claim) -> None:
    """Locks the saga's row in this transaction. Raises Fenced if it is somebody else's by now."""
    given = {"id": claim.id, "epoch": claim.epoch, "owner": claim.owner}
    if tx.connection().exec_driver_sql(FENCE, given).one_or_none() is None:
        raise Fenced(claim.id)


def put_off(connection: Connection, claim: Claim, *, state: str, error: str, delay: float) -> bool:
    """Gives the saga back after a visit without progress. False if it was no longer ours to give."""
    given = {"id": claim.id, "epoch": claim.epoch, "owner": claim.owner, "wakes": claim.wakes}
    done = connection.exec_driver_sql(PUT_OFF, {**given, "state": state, "error": error[:2000], "delay": delay})
    return done.rowcount == 1


def park(connection: Connection, claim: Claim, *, state: str, reason: str, error: str | None) -> bool:
    """Lays the saga aside for a person. False if it was no longer ours."""
    given = {"id": claim.id, "epoch": claim.epoch, "owner": claim.owner, "state": state, "reason": reason}
    return connection.exec_driver_sql(PARK, {**given, "error": (error or "")[:2000] or None}).rowcount == 1


def find_intent(connection: Connection, claim: Claim, step: str) -> Intent | None:
    """The newest attempt of this step that may have been sent."""
    row = connection.exec_driver_sql(INTENT, {"id": claim.id, "step": step}).one_or_none()
    return Intent(row.key, row.attempt, row.state, row.first_sent_at, float(row.age)) if row else None


def unanswered(connection: Connection, key: str, *, sends: int, asks: int, error: str) -> None:
    """Notes that nobody knows what became of a call."""
    given = {"key": key, "sends": sends, "asks": asks, "error": error[:2000]}
    connection.exec_driver_sql(UNANSWERED, given)


def due(connection: Connection, *, known: Sequence[str], grace: float, limit: int) -> list[UUID]:
    """Sagas that should be looked at and that nobody holds: new ones nobody was told of, timers, dead leases."""
    return list(connection.exec_driver_sql(DUE, {"known": known, "grace": grace, "limit": limit}).scalars())


def renew(connection: Connection, *, ids: Sequence[UUID], owner: str, lease: float) -> None:
    """Keeps the leases of all sagas this driver holds, in one statement."""
    connection.exec_driver_sql(RENEW, {"ids": ids, "owner": owner, "lease": lease})


def undone(connection: Connection, claim: Claim) -> set[str]:
    """The steps that have a line saying they were done or refused, so that their compensation has a meaning."""
    rows = connection.exec_driver_sql("SELECT step FROM saga_steps WHERE saga_id = %s AND phase = 'do'", (claim.id,))
    return set(rows.scalars())
