"""What a refund does to points: held, then released or taken again, and the one debt there may be."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from portal.domains import points
from portal.kernel.db import Tx
from tests.factories import identity as people
from tests.portal.domains.points import books

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ORDER, OTHER = UUID(int=1), UUID(int=2)


def in_days(days: float) -> datetime:
    return NOW + timedelta(days=days)


@pytest.fixture
def customer(tx: Tx) -> Iterator[UUID]:
    """Somebody who had 100 points, used 80 of them in an order, and earned 5 by it."""
    account_id = people.account(tx).id
    points.grant(tx, "welcome", account_id, 100, "", valid_days=30, now=NOW)
    points.use(tx, "use", account_id, ORDER, 80, now=NOW)
    points.accrue(tx, "accrue", account_id, ORDER, 5, now=NOW)
    yield account_id
    assert books.faults(tx) == []


def balance(tx: Tx, account_id: UUID, now: datetime = NOW) -> tuple[int, int, int]:
    found = points.balance_of(tx, account_id, now=now)
    return found.balance, found.held, found.available


def test_points_given_back_are_counted_but_cannot_be_spent(tx: Tx, customer: UUID) -> None:
    assert points.give_back(tx, "back", customer, ORDER, 80) == {"points": 80}
    assert balance(tx, customer) == (105, 80, 25)
    with pytest.raises(points.NotEnoughPoints, match="You have 25"):
        points.use(tx, "too much", customer, OTHER, 26, now=NOW)


def test_taking_them_again_leaves_everything_as_it_was(tx: Tx, customer: UUID) -> None:
    before = balance(tx, customer)
    points.give_back(tx, "back", customer, ORDER, 80)
    points.use(tx, "all that is free", customer, OTHER, 25, now=NOW)
    assert points.take_again(tx, "again", customer, ORDER, 80) == {"points": 80}
    assert points.take_again(tx, "again", customer, ORDER, 80) == {"points": 80}
    assert balance(tx, customer) == (0, 0, 0)
    points.cancel_use(tx, "undo", customer, OTHER, now=NOW)
    assert balance(tx, customer) == before


def test_a_refunded_order_nets_to_nothing_and_its_points_are_in_their_lots(tx: Tx, customer: UUID) -> None:
    points.give_back(tx, "back", customer, ORDER, 80)
    assert points.cancel_accrual(tx, "end", customer, ORDER, 80, 5, now=NOW) == {"points": 80, "accrual": 5}
    assert points.cancel_accrual(tx, "end", customer, ORDER, 80, 5, now=NOW) == {"points": 80, "accrual": 5}
    assert balance(tx, customer) == (100, 0, 100)
    assert books.net(tx, ORDER) == 0


def test_releasing_alone_moves_no_balance_and_happens_once(tx: Tx, customer: UUID) -> None:
    points.give_back(tx, "back one", customer, ORDER, 30)
    points.give_back(tx, "back two", customer, ORDER, 50)
    points.cancel_accrual(tx, "end", customer, ORDER, 30, 0, now=NOW)
    points.cancel_accrual(tx, "end", customer, ORDER, 30, 0, now=NOW)
    assert balance(tx, customer) == (105, 50, 55)
    assert [entry.delta for entry in points.entries_of(tx, customer, limit=2)] == [50, 30]


def test_earned_points_that_are_spent_already_leave_a_debt_that_the_next_points_pay(tx: Tx, customer: UUID) -> None:
    points.use(tx, "spent", customer, OTHER, 25, now=NOW)
    points.cancel_accrual(tx, "end", customer, ORDER, 0, 5, now=NOW)
    assert balance(tx, customer) == (-5, 0, -5)
    with pytest.raises(points.NotEnoughPoints):
        points.use(tx, "more", customer, OTHER, 1, now=NOW)
    points.accrue(tx, "next", customer, OTHER, 3, now=NOW)
    assert balance(tx, customer) == (-2, 0, -2)
    points.accrue(tx, "after next", customer, OTHER, 10, now=NOW)
    assert balance(tx, customer) == (8, 0, 8)
    points.use(tx, "more", customer, OTHER, 8, now=NOW)
    assert balance(tx, customer) == (0, 0, 0)


def test_points_that_come_back_pay_a_debt_first(tx: Tx, customer: UUID) -> None:
    points.use(tx, "spent", customer, OTHER, 25, now=NOW)
    points.cancel_accrual(tx, "end", customer, ORDER, 0, 5, now=NOW)
    points.cancel_use(tx, "undo", customer, OTHER, now=NOW)
    assert balance(tx, customer) == (20, 0, 20)


def test_taking_again_cannot_fail_even_under_another_orders_debt(tx: Tx, customer: UUID) -> None:
    points.use(tx, "spent", customer, OTHER, 25, now=NOW)
    points.give_back(tx, "back", customer, OTHER, 25)
    points.cancel_accrual(tx, "end", customer, ORDER, 0, 5, now=NOW)
    assert balance(tx, customer) == (20, 25, -5)
    points.take_again(tx, "again", customer, OTHER, 25)
    assert balance(tx, customer) == (-5, 0, -5)


def test_released_points_whose_lot_has_expired_can_be_used_for_thirty_days(tx: Tx, customer: UUID) -> None:
    points.give_back(tx, "back", customer, ORDER, 80)
    points.expire(tx, in_days(40))
    assert balance(tx, customer, in_days(40)) == (85, 80, 5)
    points.cancel_accrual(tx, "end", customer, ORDER, 80, 5, now=in_days(40))
    assert balance(tx, customer, in_days(69)) == (80, 0, 80)
    # Of what expires first went the five that had been earned, so those of the accrual are still here.
    assert balance(tx, customer, in_days(70)) == (5, 0, 5)


def test_part_after_part_returns_each_point_to_the_lot_it_came_from(tx: Tx, customer: UUID) -> None:
    points.grant(tx, "longer", customer, 50, "", valid_days=500, now=NOW)
    points.use(tx, "another", customer, OTHER, 75, now=NOW)
    assert books.lots(tx, customer) == [0, 0, 0]
    for part, amount in enumerate((40, 10, 25)):
        points.give_back(tx, f"back {part}", customer, OTHER, amount)
        points.cancel_accrual(tx, f"end {part}", customer, OTHER, amount, 0, now=NOW)
    assert books.lots(tx, customer) == [20, 5, 50]
