"""Points that nobody used in time are written off, a bounded batch at a time."""

from datetime import datetime

from sqlalchemy import text

from portal.domains.points import lots
from portal.domains.points.rules import Lot
from portal.kernel.db import Tx

# An account that somebody is using right now is left for the next time: nothing depends on when this runs.
LAPSING = text(
    """
    SELECT account_id FROM points_accounts
    WHERE account_id IN (
        SELECT account_id FROM points_lots WHERE remaining > 0 AND expires_at <= :now
        ORDER BY expires_at LIMIT :limit
    )
    ORDER BY account_id FOR UPDATE SKIP LOCKED
    """
)
LAPSED = text(
    """
    SELECT id, remaining, expires_at FROM points_lots
    WHERE account_id = :account_id AND remaining > 0 AND expires_at <= :now
    """
)


def expire(tx: Tx, now: datetime, *, limit: int = 200) -> int:
    """Writes off what is left in lots that have expired by `now`. Returns how many lots; 0 means there are no more.

    Points that are spent or held are in no lot, and so are never touched.
    """
    written_off = 0
    for account_id in tx.scalars(LAPSING, {"now": now, "limit": limit}).all():
        lapsed = [Lot(*row) for row in tx.execute(LAPSED, {"account_id": account_id, "now": now})]
        if lapsed:
            lots.write_off(tx, account_id, lapsed)
            written_off += len(lapsed)
    return written_off
