"""Reading points: what somebody has now, and the ledger behind it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from portal.kernel import clock, questions
from portal.kernel.db import Tx
from portal.kernel.steps import Output, function

# Points that have expired are not shown, whether or not the nightly sweep has written them off.
BALANCE = """
SELECT balance - lapsed AS balance, held
FROM points_accounts,
     LATERAL (
        SELECT coalesce(sum(remaining), 0)::integer AS lapsed FROM points_lots
        WHERE points_lots.account_id = points_accounts.account_id AND remaining > 0 AND expires_at <= %(now)s
     ) AS lots
WHERE account_id = %(account_id)s
"""
EARNED = text(
    """
    SELECT coalesce(sum(delta), 0) FROM points_entries
    WHERE account_id = :account_id AND order_id = :order_id AND kind IN ('accrual', 'accrual_cancelled')
    """
)
ENTRIES = text(
    """
    SELECT id, at, kind, delta, order_id, note FROM points_entries
    WHERE account_id = :account_id AND delta <> 0 AND (CAST(:before AS uuid) IS NULL OR id < :before)
    ORDER BY id DESC LIMIT :limit
    """
)


@dataclass(frozen=True)
class Balance:
    """What somebody has, what of it is held for a refund under way, and what can be used. May be below zero."""

    balance: int
    held: int
    available: int


@dataclass(frozen=True)
class Entry:
    """One line of the ledger. `kind`: grant, use, use_cancelled, use_again, accrual, accrual_cancelled, expiry."""

    id: UUID
    at: datetime
    kind: str
    delta: int
    order_id: UUID | None
    note: str


def balance_of(tx: Tx, account_id: UUID, *, now: datetime | None = None) -> Balance:
    """The balance at this moment; zeros for somebody who never had points."""
    return questions.answer(tx, balance_question(account_id, now or clock.now()))


def balance_question(account_id: UUID, now: datetime) -> questions.Question[Balance]:
    """The same for whoever has more to ask."""
    return questions.Question(BALANCE, {"account_id": account_id, "now": now}, _balance)


def _balance(found: questions.Rows) -> Balance:
    balance, held = found[0] if found else (0, 0)
    return Balance(balance, held, balance - held)


@function(service="point", outcome="balance, held and available points")
def look_up(tx: Tx, account_id: UUID) -> Output:
    """The balance, for the saga's log: {balance, held, available}."""
    return asdict(balance_of(tx, account_id))


def earned_by(tx: Tx, account_id: UUID, order_id: UUID) -> int:
    """The points that an order has earned and that were not taken back."""
    return int(tx.execute(EARNED, {"account_id": account_id, "order_id": order_id}).scalar_one())


def entries_of(tx: Tx, account_id: UUID, *, limit: int, before: UUID | None = None) -> list[Entry]:
    """The lines that moved the balance, newest first; `before` is the id of the last line already seen."""
    rows = tx.execute(ENTRIES, {"account_id": account_id, "limit": limit, "before": before})
    return [Entry(*row) for row in rows]
