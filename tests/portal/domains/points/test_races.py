"""Many at once: never more points used than there are, and a doubled call is one act."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from sqlalchemy import Engine

from portal.domains import points
from portal.kernel.db import Tx, transaction
from portal.kernel.ids import new_id
from tests.factories import identity as people
from tests.portal.domains.points import books

RACERS = 20


def somebody(database: Engine, having: int = 0) -> UUID:
    with transaction(database) as tx:
        account_id = people.account(tx).id
        points.grant(tx, f"first {account_id}", account_id, having // 2, "")
        points.grant(tx, f"second {account_id}", account_id, having - having // 2, "")
    return account_id


def race(database: Engine, act: Callable[[Tx, int], object]) -> list[object]:
    """Everybody acts at the same moment, each in a transaction of their own; returns answers and refusals."""
    start = Barrier(RACERS)

    def run(number: int) -> object:
        start.wait()
        try:
            with transaction(database) as tx:
                return act(tx, number)
        except points.NotEnoughPoints as refusal:
            return refusal

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def test_twenty_who_want_thirty_of_a_hundred_points_get_ninety(database: Engine) -> None:
    account_id = somebody(database, having=100)
    answers = race(database, lambda tx, n: points.use(tx, f"use {n}", account_id, new_id(), 30))
    assert sum(answer == {"points": 30} for answer in answers) == 3
    assert sum(isinstance(answer, points.NotEnoughPoints) for answer in answers) == RACERS - 3
    with transaction(database) as tx:
        assert points.balance_of(tx, account_id).available == 10
        assert books.faults(tx) == []


def test_the_same_call_twenty_times_at_once_is_one_use_and_one_answer(database: Engine) -> None:
    account_id, order_id = somebody(database, having=100), new_id()
    answers = race(database, lambda tx, _n: points.use(tx, "use", account_id, order_id, 80))
    assert answers == [{"points": 80}] * RACERS
    with transaction(database) as tx:
        assert points.balance_of(tx, account_id).available == 20
        assert books.faults(tx) == []


def test_the_first_points_of_all_arrive_from_twenty_sides(database: Engine) -> None:
    account_id = somebody(database)
    race(database, lambda tx, n: points.accrue(tx, f"accrue {n // 2}", account_id, new_id(), 7))
    with transaction(database) as tx:
        assert points.balance_of(tx, account_id).balance == 7 * RACERS // 2
        assert books.faults(tx) == []


def test_use_earning_refund_and_sweep_at_once_keep_the_books(database: Engine) -> None:
    account_id = somebody(database, having=1000)
    orders = [new_id() for _ in range(RACERS)]

    def act(tx: Tx, n: int) -> object:
        points.use(tx, f"use {n}", account_id, orders[n], 40)
        points.accrue(tx, f"accrue {n}", account_id, orders[n], 3)
        points.give_back(tx, f"back {n}", account_id, orders[n], 40)
        return points.cancel_accrual(tx, f"end {n}", account_id, orders[n], 40, 3)

    race(database, act)
    with transaction(database) as tx:
        assert points.look_up(tx, account_id) == {"balance": 1000, "held": 0, "available": 1000}
        assert books.faults(tx) == []
