"""Writing the ledger: one statement for an entry with everything it moves, once per key.

Whoever needs to read before it writes calls `lock` first; the account's row is what all writers of an account queue on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.domains.points.rules import Move
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.ids import new_id

# Everything hangs on `entry`: where the key is known already, nothing is written at all. New points first pay a debt,
# so that a lot never holds points that are not available; what they paid stands as a spending of the new lot.
POST = """
WITH entry AS (
    INSERT INTO points_entries (id, account_id, delta, held, kind, order_id, note, key)
    SELECT %(id)s, account_id, %(delta)s, %(held)s, %(kind)s, CAST(%(order_id)s AS uuid), %(note)s, %(key)s
    FROM points_accounts WHERE account_id = %(account_id)s
    ON CONFLICT (key) DO NOTHING
    RETURNING id
), account AS (
    UPDATE points_accounts SET
        balance = balance + %(delta)s,
        held = points_accounts.held + %(held)s,
        floor = CASE WHEN %(may_owe)s THEN least(0, balance - points_accounts.held + %(delta)s - %(held)s)
                ELSE greatest(floor, least(0, balance - points_accounts.held + %(delta)s - %(held)s)) END
    FROM entry WHERE account_id = %(account_id)s
    RETURNING balance - points_accounts.held AS available
), lot AS (
    INSERT INTO points_lots (id, account_id, granted, remaining, expires_at)
    SELECT CAST(%(lot_id)s AS uuid), %(account_id)s, %(granted)s, least(%(granted)s, greatest(0, available)),
           CAST(%(expires_at)s AS timestamptz)
    FROM account WHERE %(granted)s > 0
    RETURNING id, granted - remaining AS paid
), moves AS (
    SELECT lot_id, amount
    FROM entry, unnest(CAST(%(lots)s AS uuid[]), CAST(%(amounts)s AS integer[])) AS m (lot_id, amount)
), moved AS (
    UPDATE points_lots SET remaining = remaining - amount FROM moves WHERE id = lot_id
), spent AS (
    INSERT INTO points_spendings (entry_id, lot_id, amount)
    SELECT entry.id, lot_id, amount FROM entry, moves
    UNION ALL SELECT entry.id, lot.id, paid FROM entry, lot WHERE paid > 0
)
SELECT available FROM account
"""
LOCK = "SELECT balance - held FROM points_accounts WHERE account_id = %(account_id)s FOR UPDATE"
OPEN = "INSERT INTO points_accounts (account_id) VALUES (%(account_id)s) ON CONFLICT DO NOTHING"
KNOWN = "SELECT delta, held FROM points_entries WHERE key = %(key)s"


@dataclass(frozen=True)
class Written:
    """An entry as it stands in the ledger, whether written now or by an earlier call with the same key."""

    delta: int
    held: int


def lock(tx: Tx, account_id: UUID) -> int | None:
    """Locks the account until the transaction ends. Returns what is available in its books, None if it has none."""
    rows = wire.ask(tx, LOCK, {"account_id": account_id})
    return rows[0][0] if rows else None


def lock_first(tx: Tx, account_id: UUID) -> None:
    """The same for those who do not ask what is available: whatever is asked next is read under the lock."""
    wire.later(tx, LOCK, {"account_id": account_id})


def known(tx: Tx, key: str) -> Written | None:
    """The entry that was written under this key, if any."""
    rows = wire.ask(tx, KNOWN, {"key": key})
    return Written(*rows[0]) if rows else None


def post(
    tx: Tx,
    key: str,
    account_id: UUID,
    kind: str,
    delta: int,
    *,
    held: int = 0,
    order_id: UUID | None = None,
    note: str = "",
    moves: Sequence[Move] = (),
    grant: int = 0,
    expires_at: datetime | None = None,
    may_owe: bool = False,
    later: bool = False,
) -> Written:
    """Writes the entry, moves the balance and the lots, and makes a lot of `grant` new points.

    A repeated key changes nothing and returns the entry there is. Only with `may_owe` may available go below zero;
    otherwise the database refuses. `later` is for those who know that it fits: nobody waits for it before the commit.
    """
    values: dict[str, Any] = {
        "id": new_id(),
        "account_id": account_id,
        "delta": delta,
        "held": held,
        "kind": kind,
        "order_id": order_id,
        "note": note,
        "key": key,
        "may_owe": may_owe,
        "lot_id": new_id() if grant else None,
        "granted": grant,
        "expires_at": expires_at,
        "lots": [lot_id for lot_id, _ in moves],
        "amounts": [amount for _, amount in moves],
    }
    if later:
        if grant:  # perhaps the first points of all
            wire.later(tx, OPEN, {"account_id": account_id})
        wire.later(tx, POST, values)
        return Written(delta, held)
    while not wire.ask(tx, POST, values):
        # Nothing was written: the key is known (perhaps since a moment ago), or the account has no books yet.
        wire.later(tx, OPEN, {"account_id": account_id})
        if earlier := known(tx, key):
            return earlier
    return Written(delta, held)
