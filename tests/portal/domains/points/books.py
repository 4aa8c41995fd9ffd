"""Reads the points tables as an auditor would, with SQL of its own."""

from uuid import UUID

from sqlalchemy import text

from portal.kernel.db import Tx

FAULTS = text(
    """
    SELECT 'balance is not the sum of the ledger' FROM points_accounts AS a
    WHERE balance <> (SELECT coalesce(sum(delta), 0) FROM points_entries AS e WHERE e.account_id = a.account_id)
    UNION ALL SELECT 'held is not the sum of the ledger' FROM points_accounts AS a
    WHERE held <> (SELECT coalesce(sum(held), 0) FROM points_entries AS e WHERE e.account_id = a.account_id)
    UNION ALL SELECT 'the lots are not what is available' FROM points_accounts AS a
    WHERE greatest(0, balance - held)
       <> (SELECT coalesce(sum(remaining), 0) FROM points_lots AS l WHERE l.account_id = a.account_id)
    UNION ALL SELECT 'the floor is not the debt' FROM points_accounts WHERE floor <> least(0, balance - held)
    UNION ALL SELECT 'a lot is not what was granted less what was spent' FROM points_lots AS l
    WHERE remaining
       <> granted - (SELECT coalesce(sum(amount), 0) FROM points_spendings AS s WHERE s.lot_id = l.id)
    UNION ALL SELECT 'an order returned more to a lot than it took' FROM (
        SELECT 1 FROM points_spendings AS s JOIN points_entries AS e ON e.id = s.entry_id
        WHERE e.kind IN ('use', 'use_cancelled', 'released')
        GROUP BY e.order_id, s.lot_id HAVING sum(s.amount) < 0
    ) AS generous
    """
)


def faults(tx: Tx) -> list[str]:
    """Everything in the books of all accounts that does not add up."""
    return list(tx.scalars(FAULTS))


def lots(tx: Tx, account_id: UUID) -> list[int]:
    """What is left in each lot, the one that expires first first; empty ones too."""
    rows = text("SELECT remaining FROM points_lots WHERE account_id = :account_id ORDER BY expires_at, id")
    return list(tx.scalars(rows, {"account_id": account_id}))


def entries(tx: Tx, account_id: UUID) -> int:
    """How many lines the ledger has."""
    rows = text("SELECT count(*) FROM points_entries WHERE account_id = :account_id")
    return tx.execute(rows, {"account_id": account_id}).scalar_one()


def net(tx: Tx, order_id: UUID) -> int:
    """What an order has moved on the balance, all told."""
    rows = text("SELECT coalesce(sum(delta), 0) FROM points_entries WHERE order_id = :order_id")
    return tx.execute(rows, {"order_id": order_id}).scalar_one()
