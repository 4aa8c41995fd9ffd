"""Ending a segment: the fence, the saga's new state, its lines and its call, in one statement of the effect's own
transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.errors import DivisionByZero
from sqlalchemy import Connection

from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.pipe import Statement
from workers.engine.intents import ANSWER, INTEND, Answer, Planned
from workers.engine.lines import Line, to_json
from workers.engine.store import Claim, Fenced, claimed

# The fence, the saga's new state with its log, and the calls, in one statement of the effect's own transaction. The log
# stands in the saga's row, so that no state is written without its lines. A segment goes on from the position at which
# it began, or not at all: no step is logged twice, even by one driver. Whoever lost the saga divides by zero, so that
# the COMMIT that travels along is not carried out. The lease and a call's time count from this moment, not from the
# beginning of a transaction that may have waited for a lock.
CLOSE = """
WITH fence AS (
    UPDATE sagas SET
        state = %(state)s,
        position = %(position)s,
        attempts = %(attempts)s,
        last_error = NULL,
        failing_since = NULL,
        verdict = NULL,
        refusal = coalesce(%(refusal)s::jsonb, refusal),
        owner = CASE WHEN %(keep)s THEN owner END,
        lease_until = CASE WHEN %(keep)s THEN clock_timestamp() + %(lease)s * interval '1 second' END,
        next_at = CASE
            WHEN %(state)s IN ('done', 'compensated') THEN NULL
            WHEN %(keep)s THEN next_at
            WHEN wakes <> %(wakes)s THEN now()
            ELSE coalesce(%(next_at)s, now())
        END,
        ended_at = CASE WHEN %(state)s IN ('done', 'compensated') THEN now() END,
        log = log || jsonb_build_object(
            'at', clock_timestamp(), 'attempts', %(tries)s::int, 'lines', %(lines)s::jsonb
        )
    WHERE id = %(id)s AND epoch = %(epoch)s AND owner = %(owner)s AND position = %(from)s
    RETURNING id
)
{calls}SELECT 1 / count(*), clock_timestamp() FROM fence
"""
CALLS = {
    (False, False): CLOSE.format(calls=""),
    (True, False): CLOSE.format(calls=INTEND),
    (False, True): CLOSE.format(calls=ANSWER),
    (True, True): CLOSE.format(calls=ANSWER + INTEND),
}
"""By whether a call begins, and whether one was answered."""


def close(
    tx: Tx,
    claim: Claim,
    *,
    state: str,
    begun_at: int,
    position: int,
    lines: Sequence[Line],
    lease: float,
    keep: bool = False,
    next_at: datetime | None = None,
    refusal: Mapping[str, Any] | None = None,
    intent: Planned | None = None,
    answer: Answer | None = None,
    take: Sequence[Statement] = (),
) -> tuple[datetime, Claim | None]:
    """Ends a segment and commits it: the lines, the new state, the fence, and the beginning or the end of a call. The
    segment began at the position `begun_at`.

    `keep` goes on driving; else the lease is given back, and in the same commit `take` (store.along) claims the next
    saga. Returns the moment, by the database's clock, and what was claimed.

    Raises Fenced if the saga is somebody else's by now; the caller's transaction must then be rolled back.
    """
    given = {
        "id": claim.id,
        "epoch": claim.epoch,
        "owner": claim.owner,
        "state": state,
        "from": begun_at,
        "position": position,
        "attempts": 1 if keep else 0,
        "tries": claim.attempts,
        "lines": to_json(lines),
        "refusal": json.dumps(refusal) if refusal else None,
        "keep": keep,
        "lease": lease,
        "wakes": claim.wakes,
        "next_at": next_at,
    }
    if intent:
        given |= {"call": intent.key, "call_step": intent.step, "call_attempt": intent.attempt}
    if answer:
        given |= {
            "answered": answer.step,
            "answered_attempt": answer.attempt,
            "call_state": answer.state,
            "call_error": answer.error,
            "sends": answer.sends,
            "asks": answer.asks,
        }
    sql = CALLS[intent is not None, answer is not None]
    try:
        closed, *taken = wire.and_commit(wire.behind(tx), (sql, given), *take)
    except DivisionByZero:
        raise Fenced(claim.id) from None
    return closed[0][1], claimed(taken[-1]) if taken else None


def undone(connection: Connection, claim: Claim) -> set[str]:
    """The steps that have a line saying they were done or refused, so that their compensation has a meaning."""
    rows = connection.exec_driver_sql("SELECT step FROM saga_steps WHERE saga_id = %s AND phase = 'do'", (claim.id,))
    return set(rows.scalars())
