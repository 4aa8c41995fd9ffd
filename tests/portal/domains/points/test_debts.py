"""A balance goes below zero by one act alone, a refund's cancelled accrual; the database refuses every other."""

from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.domains import points
from portal.domains.points import ledger
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from tests.factories import identity as people
from tests.portal.domains.points import books

KINDS = ("grant", "use", "use_cancelled", "use_again", "released", "accrual", "expiry")
ORDER = UUID(int=1)


@pytest.fixture
def customer(tx: Tx) -> UUID:
    """Somebody with 100 points, of which an order earned 30."""
    account_id = people.account(tx).id
    points.grant(tx, "welcome", account_id, 70, "")
    points.accrue(tx, "accrue", account_id, ORDER, 30)
    return account_id


def test_earned_points_that_are_spent_may_be_owed(tx: Tx, customer: UUID) -> None:
    points.use(tx, "use", customer, UUID(int=2), 90)
    points.cancel_accrual(tx, "end", customer, ORDER, 0, 30)
    assert points.balance_of(tx, customer).balance == -20
    assert books.faults(tx) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_entry_may_leave_a_debt_even_if_the_code_says_it_may(tx: Tx, customer: UUID, kind: str) -> None:
    with pytest.raises(psycopg.Error, match="only a refund may leave points owing"), tx.begin_nested():
        ledger.post(tx, "wrong", customer, kind, -101, may_owe=True)
    with pytest.raises(psycopg.Error, match="points_accounts_available_above_floor_check"), tx.begin_nested():
        ledger.post(tx, "wrong", customer, kind, -101)
    assert points.balance_of(tx, customer).balance == 100


def test_holding_more_than_there_is_may_not_either(tx: Tx, customer: UUID) -> None:
    with pytest.raises(psycopg.Error, match="only a refund"), tx.begin_nested():
        ledger.post(tx, "wrong", customer, "use_cancelled", 0, held=101, may_owe=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_accounts SET balance = -1, floor = -1",
        "UPDATE points_accounts SET floor = floor - 1",
        "INSERT INTO points_accounts (account_id, balance, floor) VALUES (:new, -5, -5)",
    ],
)
def test_nor_may_anybody_at_a_console(tx: Tx, customer: UUID, statement: str) -> None:
    new = people.account(tx, email=f"{new_id()}@example.com").id
    given = {"new": new} if ":new" in statement else {}
    with pytest.raises(DBAPIError, match="only a refund may leave points owing"), tx.begin_nested():
        tx.execute(text(statement), given)


def test_a_refund_may_not_leave_more_owing_than_it_took(tx: Tx, customer: UUID) -> None:
    points.use(tx, "use", customer, UUID(int=2), 100)
    points.cancel_accrual(tx, "end", customer, ORDER, 0, 30)
    with pytest.raises(psycopg.Error, match="only a refund"), tx.begin_nested():
        ledger.post(tx, "wrong", customer, "use", -31, may_owe=True)
