"""What the database knows of how the house is doing, for /metrics: a few statements, each by an index and bounded.

Counts stop at MOST under way and MOST parked; ages are of the oldest all the same, because the oldest are read first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from portal.kernel.db import Tx

MOST = 10_000


@dataclass(frozen=True)
class Figure:
    """One value of one series."""

    name: str
    labels: tuple[str, ...]
    value: float


WORDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "jari_sagas": ("Sagas under way or parked.", ("saga", "state")),
    "jari_saga_oldest_seconds": ("Since the oldest of them began.", ("saga", "state")),
    "jari_saga_failing_seconds": ("Since the step at hand of one of them first failed.", ("saga", "state")),
    "jari_saga_overdue_seconds": ("How long the most overdue saga has waited for a worker.", ()),
    "jari_mails_queued": ("Mails not sent yet.", ()),
    "jari_mail_oldest_seconds": ("Since the oldest of them was written.", ()),
    "jari_provider_attempts_open": ("Attempts at the provider without a final answer.", ("kind", "state")),
    "jari_waiting": ("Entries of waiting lists, in line or offered a place.", ("state",)),
    "jari_refunds_returned": ("Refunds whose money a bank gave back to us, and nobody has sent again.", ()),
    "jari_provider_attempt_oldest_seconds": ("Since the oldest of them was made.", ("kind", "state")),
}
"""Every gauge of this module: its words and its labels."""

SAGAS = """
SELECT kind, state, count(*), extract(epoch FROM now() - min(begun_at)),
    coalesce(extract(epoch FROM now() - min(failing_since)), 0)
FROM (
    (SELECT kind, state, begun_at, failing_since FROM sagas WHERE next_at IS NOT NULL ORDER BY begun_at LIMIT :most)
    UNION ALL
    (SELECT kind, state, begun_at, failing_since FROM sagas WHERE park_reason IS NOT NULL ORDER BY begun_at LIMIT :most)
) AS s
GROUP BY kind, state
"""
OVERDUE = """
SELECT coalesce(greatest(extract(epoch FROM now() - min(next_at)), 0), 0)
FROM sagas WHERE next_at IS NOT NULL AND (lease_until IS NULL OR lease_until < now())
"""
MAILS = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)
FROM (SELECT created_at FROM mails WHERE state = 'queued' ORDER BY next_at LIMIT :most) AS queued
"""
ATTEMPTS = """
SELECT a.kind, states.state, count(*), extract(epoch FROM now() - min(a.created_at))
FROM unnest(ARRAY['sent', 'pending', 'unknown']) AS states (state)
CROSS JOIN LATERAL (
    SELECT kind, created_at FROM payment_attempts
    WHERE state = states.state AND state IN ('sent', 'pending', 'unknown')
    ORDER BY created_at LIMIT :most
) AS a
GROUP BY a.kind, states.state
"""

RETURNED = """
SELECT count(*) FROM (
    SELECT FROM payment_attempts a JOIN refunds r ON r.attempt_key = a.key AND r.state IN ('sent', 'settled')
    WHERE a.kind = 'refund' AND a.state = 'failed' ORDER BY a.updated_at DESC LIMIT :most
) AS returned
"""
# Each state has its own index, which only its own name finds.
WAITING = """
SELECT 'waiting', count(*) FROM (SELECT FROM waiting_entries WHERE state = 'waiting' LIMIT :most) AS found
UNION ALL
SELECT 'offered', count(*) FROM (SELECT FROM waiting_entries WHERE state = 'offered' LIMIT :most) AS found
"""


def figures(tx: Tx) -> Iterator[Figure]:
    """What is so at this moment."""
    for kind, state, count, oldest, failing in tx.execute(text(SAGAS), {"most": MOST}):
        yield Figure("jari_sagas", (kind, state), count)
        yield Figure("jari_saga_oldest_seconds", (kind, state), float(oldest))
        yield Figure("jari_saga_failing_seconds", (kind, state), float(failing))
    yield Figure("jari_saga_overdue_seconds", (), float(tx.execute(text(OVERDUE)).scalar_one()))
    queued, oldest = tx.execute(text(MAILS), {"most": MOST}).one()
    yield Figure("jari_mails_queued", (), queued)
    yield Figure("jari_mail_oldest_seconds", (), float(oldest))
    yield Figure("jari_refunds_returned", (), tx.execute(text(RETURNED), {"most": MOST}).scalar_one())
    for state, count in tx.execute(text(WAITING), {"most": MOST}):
        yield Figure("jari_waiting", (state,), count)
    for kind, state, count, oldest in tx.execute(text(ATTEMPTS), {"most": MOST}):
        yield Figure("jari_provider_attempts_open", (kind, state), count)
        yield Figure("jari_provider_attempt_oldest_seconds", (kind, state), float(oldest))
