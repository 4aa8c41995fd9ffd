"""Turns: whoever wants units of the same resource on the same day waits for the one before.

The exclusion constraint needs no turns to keep its promise. They keep the other one, that everybody gets an answer:
without them, racers for pairs of units wait for each other and both are thrown out.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from portal.domains.reservations.terms import Terms
from portal.domains.reservations.timetable import Span, days_touched
from portal.kernel import clock, wire
from portal.kernel.db import Tx
from portal.kernel.pipe import Statement

_TURNS = """
SELECT count(pg_advisory_xact_lock(turn))
FROM set_config('lock_timeout', %(bound)s, true) AS bound, unnest(CAST(%(turns)s AS bigint[])) AS turn
"""
# In a rush many claim on connections that have claimed little yet. PostgreSQL plans a statement anew for each of its
# first five uses: that takes the claim twice as long, and all the others wait for its turn to end.
_TURNS_AND_ONE_PLAN = _TURNS.replace("FROM", "FROM set_config('plan_cache_mode', 'force_generic_plan', true) AS plan,")
_ONE_PERSON = """
SELECT pg_advisory_xact_lock(hashtextextended('times of ' || %(account_id)s::text || ' ' || %(product_id)s::text, 0))
FROM set_config('lock_timeout', %(bound)s, true)
"""


def be_one(tx: Tx, wish: Mapping[str, Any], *, wait: timedelta) -> None:
    """Before the turn: of two claims of one person for one product the second sees the first, whoever is to serve."""
    wire.ask(tx, _ONE_PERSON, {**wish, "bound": _bound(wait)})


def take_turns(tx: Tx, places: Sequence[tuple[Terms, Span]], *, wait: timedelta) -> None:
    """Queues on the days of these resources, in the one order, so that nobody waits in a circle.

    The turns end with the transaction. Raises LockNotAvailable after `wait`; the bound stays for the rest of the
    transaction, because whoever has the turn must not wait long for anything either.
    """
    all_of_them = {turn for terms, span in places for turn in _turns_of(terms, span)}
    wire.ask(tx, _TURNS, {"turns": sorted(all_of_them), "bound": _bound(wait)})


def turn(terms: Terms, span: Span, *, wait: timedelta) -> Statement:
    """The same of one place as a statement, for a claim that travels along behind it."""
    return _TURNS_AND_ONE_PLAN, {"turns": _turns_of(terms, span), "bound": _bound(wait)}


def turns(resource_id: UUID, days: Sequence[object]) -> list[int]:
    """The lock numbers of these days in the one order in which everybody takes them."""
    digests = (hashlib.sha256(f"turn {resource_id} {day}".encode()).digest() for day in days)
    return sorted(int.from_bytes(digest[:8], "big", signed=True) for digest in digests)


def _turns_of(terms: Terms, span: Span) -> list[int]:
    """Everybody counts a resource's days on its own clock, through whichever product they come to it."""
    if not terms.parts:
        return turns(terms.resource_id, days_touched(span.start, span.end, terms.zone))
    candidates = [one for part in terms.parts for one in part.candidates]
    queues = [
        turns(one.resource_id, days_touched(span.start, span.end, clock.zone(one.time_zone))) for one in candidates
    ]
    return sorted(turn for queue in queues for turn in queue)


def _bound(wait: timedelta) -> str:
    return f"{wait // timedelta(milliseconds=1)}ms"
