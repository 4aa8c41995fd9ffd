"""Reading lots under the account's lock: what can be spent now, and what an order has taken from where."""

from datetime import datetime
from uuid import UUID

from portal.domains.points import ledger
from portal.domains.points.rules import Lot
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.ids import new_id

PAGE = 50
"""Lots read at a time: a year of daily bookings must not be read to spend the price of one."""

FILLED = """
SELECT id, remaining, expires_at FROM points_lots
WHERE account_id = %(account_id)s AND remaining > 0
ORDER BY expires_at, id LIMIT %(page)s OFFSET %(read)s
"""
TAKEN = """
SELECT lot.id, sum(spending.amount), lot.expires_at
FROM points_entries AS entry
JOIN points_spendings AS spending ON spending.entry_id = entry.id
JOIN points_lots AS lot ON lot.id = spending.lot_id
WHERE entry.order_id = %(order_id)s AND entry.account_id = %(account_id)s
  AND entry.kind IN ('use', 'use_cancelled', 'released')
GROUP BY lot.id HAVING sum(spending.amount) > 0
"""


def spendable(tx: Tx, account_id: UUID, points: int, now: datetime) -> list[Lot]:
    """The lots that expire first and together hold `points`, or all there are if they hold less.

    Lots that have expired are written off on the way, so that it makes no difference when the nightly sweep ran.
    """
    found: list[Lot] = []
    while sum(lot.points for lot in found) < points:
        rows = wire.ask(tx, FILLED, {"account_id": account_id, "page": PAGE, "read": len(found)})
        page = [Lot(*row) for row in rows]
        if lapsed := [lot for lot in page if lot.expires_at <= now]:
            write_off(tx, account_id, lapsed)
            continue
        found += page
        if len(page) < PAGE:
            break
    return found


def write_off(tx: Tx, account_id: UUID, lapsed: list[Lot]) -> None:
    """Takes what is left in these lots out of the ledger."""
    points = sum(lot.points for lot in lapsed)
    # No key of the caller's makes this single: an emptied lot is not found again.
    key = f"expiry:{new_id()}"
    ledger.post(tx, key, account_id, "expiry", -points, moves=[(lot.id, lot.points) for lot in lapsed])


def taken(tx: Tx, account_id: UUID, order_id: UUID) -> list[Lot]:
    """How much of which lot the order has used and not returned."""
    return [Lot(*row) for row in wire.ask(tx, TAKEN, {"account_id": account_id, "order_id": order_id})]
