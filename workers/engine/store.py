"""The saga's row: beginning it, taking it, keeping it, giving it back.

Every time is the database's; every write of a driver is fenced by epoch and owner. Statements go to the driver as they
stand (psycopg prepares them), because this is the hot path of every booking.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.errors import DivisionByZero
from sqlalchemy import Connection

from portal.kernel import log, wire
from portal.kernel.db import Tx
from portal.kernel.pipe import Row, Statement


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
    verdict: Mapping[str, Any] | None
    """What a person decided about the call at hand (verdict.py)."""
    failing_for: float
    """Seconds since the step at hand first failed; 0 while it has not."""
    late: bool
    """The saga's deadline has passed."""
    trace: str | None = None
    """The request it began with, for the log."""


BEGIN = """
INSERT INTO sagas (id, kind, version, key, command, deadline_at, trace)
SELECT
    %(id)s, %(kind)s, %(version)s, %(key)s, %(command)s::jsonb, now() + %(deadline)s::float8 * interval '1 second',
    %(trace)s
WHERE NOT EXISTS (SELECT FROM saga_archive WHERE kind = %(kind)s AND key = %(key)s)
ON CONFLICT DO NOTHING
"""

# It changes nothing that an index knows. The times are the statement's own: it may stand in a transaction that has
# waited for others (see `along`).
CLAIM = """
UPDATE sagas SET
    epoch = epoch + 1,
    attempts = attempts + 1,
    owner = %(owner)s,
    lease_until = statement_timestamp() + %(lease)s * interval '1 second'
WHERE {which}
RETURNING id, kind, version, key, command, state, position, epoch, owner, attempts, wakes, refusal, verdict,
    coalesce(extract(epoch FROM statement_timestamp() - failing_since), 0)::float8,
    coalesce(deadline_at < statement_timestamp(), false), trace
"""

# A commit that only claims need not wait for the disk: a claim that a power cut forgets is simply claimed again, and
# the owner's token keeps two claims of one epoch apart.
QUICKLY: Statement = ("SET LOCAL synchronous_commit = off", {})

# How many are due is mostly guessed from a quiet time; then all of them would be read and sorted for every claim. With
# this the index that has them in order is walked, and it ends at the first.
IN_ORDER: Statement = ("SET LOCAL enable_sort = off", {})

# What may be claimed now. At rest there is no next time; the states say it again, because a worker of an older release
# leaves one there.
FREE = """next_at <= statement_timestamp()
    AND (lease_until IS NULL OR lease_until < statement_timestamp())
    AND state NOT IN ('done', 'compensated', 'parked', 'handed_over')
    AND kind || ' ' || version = ANY(%(known)s)"""

# By its id, and not by an index of all that is under way, which a planner that knows of few would take.
CLAIM_ONE = CLAIM.format(which=f"id = %(id)s AND {FREE}").replace("next_at <=", "coalesce(next_at, 'infinity') <=")
FIRST = """id = (
    SELECT id FROM sagas WHERE {free} ORDER BY next_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
)"""
CLAIM_NEXT = CLAIM.format(which=FIRST.format(free=FREE))

# Whoever lost the saga divides by zero, so that nothing behind it is carried out.
FENCE = """
SELECT 1 / count(*) FROM (
    SELECT FROM sagas WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s FOR UPDATE
) AS ours
"""

# A visit without progress: the count of attempts stays, the time of the next look is set.
PUT_OFF = """
UPDATE sagas SET
    state = %(state)s,
    last_error = %(error)s,
    failing_since = coalesce(failing_since, now()),
    owner = NULL,
    lease_until = NULL,
    next_at = CASE WHEN wakes <> %(wakes)s THEN now() ELSE now() + %(delay)s * interval '1 second' END
WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s
"""

PARK = """
UPDATE sagas SET
    state = 'parked', parked_from = %(state)s, park_reason = %(reason)s,
    last_error = coalesce(%(error)s, last_error),
    owner = NULL, lease_until = NULL, next_at = NULL
WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s AND wakes = %(wakes)s
"""

DUE = f"""
SELECT id, CASE WHEN owner IS NOT NULL THEN 'abandoned' WHEN epoch = 0 THEN 'unheard' ELSE 'due' END FROM sagas
WHERE {FREE} AND (epoch > 0 OR next_at <= statement_timestamp() - %(grace)s * interval '1 second')
ORDER BY next_at LIMIT %(limit)s
"""  # noqa: S608  # every word of it is ours

RENEW = """
UPDATE sagas SET lease_until = now() + %(lease)s * interval '1 second'
WHERE id = ANY(%(ids)s) AND owner = %(owner)s AND lease_until IS NOT NULL
"""


def begin(
    tx: Tx, saga_id: UUID, kind: str, version: int, key: str, command: str, deadline: float | None = None
) -> None:
    """Writes a new saga, its command as JSON, its deadline in seconds; nothing if there is one of this kind and key."""
    given = {"id": saga_id, "kind": kind, "version": version, "key": key, "command": command, "deadline": deadline}
    wire.later(tx, BEGIN, {**given, "trace": log.trace()})


def claim(connection: Connection, saga_id: UUID, *, owner: str, lease: float, known: Sequence[str]) -> Claim | None:
    """Takes the saga if it is due and nobody holds it, and commits; counts the attempt. None if nothing is to do."""
    given = {"id": saga_id, "owner": owner, "lease": lease, "known": known}
    return claimed(wire.and_commit(connection, QUICKLY, (CLAIM_ONE, given))[-1])


def claim_next(connection: Connection, *, owner: str, lease: float, known: Sequence[str]) -> Claim | None:
    """Takes the saga that has been due longest, and commits; counts the attempt. None if nothing is to do."""
    return claimed(wire.and_commit(connection, QUICKLY, *along(owner=owner, lease=lease, known=known))[-1])


def along(*, owner: str, lease: float, known: Sequence[str]) -> tuple[Statement, Statement]:
    """The same as statements, to be committed together with what ends the visit before. `claimed` reads the last."""
    return IN_ORDER, (CLAIM_NEXT, {"owner": owner, "lease": lease, "known": known})


def claimed(rows: Sequence[Row]) -> Claim | None:
    """The saga these rows tell of, if there was one to take."""
    return Claim(*rows[0]) if rows else None


@contextmanager
def fenced(session: Tx, claim: Claim) -> Iterator[Tx]:
    """A transaction of this session that commits only while the saga is still ours: it begins by locking its row, on
    the way of its first statement. Raises Fenced otherwise."""
    try:
        with wire.transaction(session) as tx:
            wire.later(tx, FENCE, {"id": claim.id, "epoch": claim.epoch, "owner": claim.owner})
            yield tx
    except wire.EarlierFailed as failed:
        if isinstance(failed.__cause__, DivisionByZero):
            raise Fenced(claim.id) from None
        raise


def put_off(connection: Connection, claim: Claim, *, state: str, error: str, delay: float) -> bool:
    """Gives the saga back after a visit without progress. False if it was no longer ours to give."""
    given = {"id": claim.id, "epoch": claim.epoch, "owner": claim.owner, "wakes": claim.wakes}
    done = connection.exec_driver_sql(PUT_OFF, {**given, "state": state, "error": error[:2000], "delay": delay})
    return done.rowcount == 1


def park(connection: Connection, claim: Claim, *, state: str, reason: str, error: str | None) -> bool:
    """Lays the saga aside for a person. False if news of it came meanwhile, or it was no longer ours."""
    given = {"id": claim.id, "epoch": claim.epoch, "owner": claim.owner, "wakes": claim.wakes}
    given |= {"state": state, "reason": reason}
    return connection.exec_driver_sql(PARK, {**given, "error": (error or "")[:2000] or None}).rowcount == 1


def due(connection: Connection, *, known: Sequence[str], grace: float, limit: int) -> list[tuple[UUID, str]]:
    """Sagas that should be looked at and that nobody holds: new ones nobody was told of, timers, dead leases;
    each with which of these it is, in a word (figures.RESCUES)."""
    rows = connection.exec_driver_sql(DUE, {"known": known, "grace": grace, "limit": limit})
    return [(saga_id, why) for saga_id, why in rows]


def renew(connection: Connection, *, ids: Sequence[UUID], owner: str, lease: float) -> None:
    """Keeps the leases of all sagas this driver holds, in one statement."""
    connection.exec_driver_sql(RENEW, {"ids": ids, "owner": owner, "lease": lease})
