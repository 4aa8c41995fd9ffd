"""Using and earning points: each act once per key, and the books add up after it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.domains import points
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from tests.factories import identity as people
from tests.portal.domains.points import books
from tests.support.statements import counted

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ORDER = UUID(int=1)


def in_days(days: float) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture
def customer(tx: Tx) -> Iterator[UUID]:
    """Somebody with 100 points that last a month and 200 that last a year, beside somebody else with points."""
    noise, account_id = people.account(tx).id, people.account(tx).id
    points.grant(tx, "noise", noise, 5000, "noise", now=NOW)
    points.use(tx, "noise use", noise, new_id(), 50, now=NOW)
    points.grant(tx, "first", account_id, 100, "Welcome", valid_days=30, now=NOW)
    points.grant(tx, "second", account_id, 200, "", valid_days=365, now=NOW)
    yield account_id
    assert books.faults(tx) == []


def balance(tx: Tx, account_id: UUID, now: datetime = NOW) -> tuple[int, int, int]:
    found = points.balance_of(tx, account_id, now=now)
    return found.balance, found.held, found.available


def test_somebody_who_never_had_points_has_none(tx: Tx) -> None:
    stranger = people.account(tx).id
    assert points.look_up(tx, stranger) == {"balance": 0, "held": 0, "available": 0}
    with pytest.raises(points.NotEnoughPoints):
        points.use(tx, "k", stranger, ORDER, 1, now=NOW)


def test_use_takes_from_the_lot_that_expires_first(tx: Tx, customer: UUID) -> None:
    assert points.use(tx, "k", customer, ORDER, 150, now=NOW) == {"points": 150}
    assert balance(tx, customer) == (150, 0, 150)
    assert books.lots(tx, customer) == [0, 150]


def test_use_of_more_than_available_is_refused_and_takes_none(tx: Tx, customer: UUID) -> None:
    with pytest.raises(points.NotEnoughPoints) as refused:
        points.use(tx, "k", customer, ORDER, 301, now=NOW)
    assert str(refused.value) == "You have 300 points to use."
    assert (refused.value.code, refused.value.field) == ("not-enough-points", "points")
    assert balance(tx, customer) == (300, 0, 300)
    assert books.entries(tx, customer) == 2


def test_all_points_can_be_used_and_a_repeat_answers_the_same_although_none_are_left(tx: Tx, customer: UUID) -> None:
    first = points.use(tx, "k", customer, ORDER, 300, now=NOW)
    assert points.use(tx, "k", customer, ORDER, 300, now=NOW) == first == {"points": 300}
    assert balance(tx, customer) == (0, 0, 0)
    assert books.entries(tx, customer) == 3


def test_points_that_have_expired_are_not_used_and_not_shown_before_any_sweep(tx: Tx, customer: UUID) -> None:
    assert balance(tx, customer, in_days(30)) == (200, 0, 200)
    with pytest.raises(points.NotEnoughPoints, match="You have 200"):
        points.use(tx, "k", customer, ORDER, 201, now=in_days(30))
    points.use(tx, "k", customer, ORDER, 200, now=in_days(30))
    assert balance(tx, customer, in_days(30)) == (0, 0, 0)


def test_many_small_lots_are_used_together(tx: Tx, customer: UUID) -> None:
    for n in range(120):
        points.accrue(tx, f"accrual {n}", customer, new_id(), 1, now=NOW)
    points.use(tx, "k", customer, ORDER, 420, now=NOW)
    assert balance(tx, customer) == (0, 0, 0)


def test_cancel_use_returns_points_to_the_lots_they_came_from(tx: Tx, customer: UUID) -> None:
    points.use(tx, "k", customer, ORDER, 150, now=NOW)
    points.use(tx, "another order's", customer, new_id(), 20, now=NOW)
    assert points.cancel_use(tx, "undo k", customer, ORDER, now=NOW) == {"points": 150}
    assert balance(tx, customer) == (280, 0, 280)
    assert books.lots(tx, customer) == [100, 180]
    assert books.net(tx, ORDER) == 0


def test_cancel_use_again_changes_nothing_and_answers_the_same(tx: Tx, customer: UUID) -> None:
    points.use(tx, "k", customer, ORDER, 150, now=NOW)
    first = points.cancel_use(tx, "undo k", customer, ORDER, now=NOW)
    assert points.cancel_use(tx, "undo k", customer, ORDER, now=NOW) == first
    assert points.cancel_use(tx, "another undo", customer, ORDER, now=NOW) == {"points": 0}
    assert balance(tx, customer) == (300, 0, 300)


def test_points_whose_lot_expired_while_they_were_used_come_back_for_thirty_days(tx: Tx, customer: UUID) -> None:
    points.use(tx, "k", customer, ORDER, 150, now=NOW)
    points.cancel_use(tx, "undo k", customer, ORDER, now=in_days(31))
    assert balance(tx, customer, in_days(31)) == (300, 0, 300)
    assert balance(tx, customer, in_days(60.9)) == (300, 0, 300)
    assert balance(tx, customer, in_days(61)) == (200, 0, 200)


def test_accrual_is_a_lot_of_its_own_once(tx: Tx, customer: UUID) -> None:
    assert points.accrue(tx, "k", customer, ORDER, 30, valid_days=10, now=NOW) == {"accrual": 30}
    assert points.accrue(tx, "k", customer, ORDER, 30, valid_days=10, now=NOW) == {"accrual": 30}
    assert balance(tx, customer) == (330, 0, 330)
    assert books.lots(tx, customer) == [30, 100, 200]


def test_the_first_points_of_all_open_the_account(tx: Tx) -> None:
    newcomer = people.account(tx).id
    points.accrue(tx, "k", newcomer, ORDER, 30, now=NOW)
    assert balance(tx, newcomer) == (30, 0, 30)
    assert books.faults(tx) == []


def test_zero_points_are_no_act(tx: Tx, customer: UUID) -> None:
    assert points.use(tx, "a", customer, ORDER, 0) == {"points": 0}
    assert points.cancel_use(tx, "b", customer, new_id()) == {"points": 0}
    assert points.accrue(tx, "c", customer, ORDER, 0) == {"accrual": 0}
    assert points.give_back(tx, "d", customer, ORDER, 0) == {"points": 0}
    assert points.take_again(tx, "e", customer, ORDER, 0) == {"points": 0}
    assert points.cancel_accrual(tx, "f", customer, ORDER, 0, 0) == {"points": 0, "accrual": 0}
    points.grant(tx, "g", customer, 0, "")
    assert books.entries(tx, customer) == 2


@pytest.mark.parametrize("act", [points.use, points.accrue, points.give_back, points.take_again])
def test_a_minus_sign_does_not_turn_an_act_round(tx: Tx, customer: UUID, act: object) -> None:
    with pytest.raises(ValueError, match="minus sign"):
        act(tx, "k", customer, ORDER, -1)  # type: ignore[operator]  # one signature, four functions


def test_the_database_refuses_a_balance_below_what_is_allowed(tx: Tx, customer: UUID) -> None:
    with pytest.raises(IntegrityError, match="available_above_floor"), tx.begin_nested():
        tx.execute(text("UPDATE points_accounts SET balance = -1 WHERE account_id = :id"), {"id": customer})


@pytest.mark.parametrize("change", ["UPDATE points_entries SET delta = 1", "DELETE FROM points_spendings"])
def test_the_ledger_is_never_changed(tx: Tx, customer: UUID, change: str) -> None:
    with pytest.raises(IntegrityError, match="appended to, never changed"), tx.begin_nested():
        tx.execute(text(change))


def test_entries_are_read_newest_first_and_page_by_page(tx: Tx, customer: UUID) -> None:
    points.use(tx, "k", customer, ORDER, 150, now=NOW)
    first = points.entries_of(tx, customer, limit=2)
    assert [(entry.kind, entry.delta, entry.order_id) for entry in first] == [
        ("use", -150, ORDER),
        ("grant", 200, None),
    ]
    rest = points.entries_of(tx, customer, limit=2, before=first[-1].id)
    assert [(entry.kind, entry.delta, entry.note) for entry in rest] == [("grant", 100, "Welcome")]


def test_the_hot_path_is_a_few_statements(tx: Tx, customer: UUID) -> None:
    with counted(tx) as sent:
        points.use(tx, "k", customer, ORDER, 150, now=NOW)
        wire.ask(tx, "SELECT 1", {})  # what waits travels along
    assert len(sent) == 3 + 1
    with counted(tx) as sent:
        points.accrue(tx, "a", customer, ORDER, 15, now=NOW)
        wire.ask(tx, "SELECT 1", {})
    assert len(sent) == 2 + 1
