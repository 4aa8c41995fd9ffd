"""The ledger against a model of a few lines: whatever happens in whatever order, both tell the same."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal.domains import points
from portal.kernel.ids import new_id
from tests.factories import identity as people
from tests.portal.domains.points import books

START = datetime(2026, 12, 1, tzinfo=UTC)
AMOUNTS = strategies.integers(0, 60)
DAYS = strategies.integers(1, 50)


class Ledger(RuleBasedStateMachine):
    """One account. The model: lots as [points, expiry], what orders use of which lot, what they earned and hold."""

    engine: Engine

    @initialize()
    def open(self) -> None:
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.tx = Session(self.connection, join_transaction_mode="create_savepoint")
        self.account_id: UUID = people.account(self.tx, email=f"{new_id()}@example.com").id
        self.now = START
        self.keys = 0
        self.repeat: Callable[[], object] = lambda: None
        self.answer: object = None
        # The model.
        self.lots: list[list] = []
        self.debt = 0
        self.used: dict[UUID, int] = defaultdict(int)
        self.held: dict[UUID, int] = defaultdict(int)
        self.earned: dict[UUID, int] = defaultdict(int)
        self.taken: dict[UUID, dict[int, int]] = defaultdict(lambda: defaultdict(int))

    def teardown(self) -> None:
        if hasattr(self, "tx"):
            self.tx.close()
            self.outer.rollback()
            self.connection.close()

    def act(self, function: Callable[..., object], *args: object, **options: object) -> object:
        self.keys += 1
        key = f"{self.account_id}:{self.keys}"
        self.repeat = lambda: function(self.tx, key, self.account_id, *args, **options)
        self.answer = self.repeat()
        return self.answer

    def live(self) -> list[list]:
        return [lot for lot in self.lots if lot[1] > self.now]

    def available(self) -> int:
        return sum(lot[0] for lot in self.live()) - self.debt

    def add(self, amount: int, expiry: datetime) -> None:
        paid = min(self.debt, amount)
        self.debt -= paid
        self.lots.append([amount - paid, expiry])

    def take(self, amount: int, order_id: UUID | None = None) -> int:
        for lot in sorted(self.live(), key=lambda lot: lot[1]):
            part = min(lot[0], amount)
            lot[0] -= part
            amount -= part
            if order_id and part:
                self.taken[order_id][self.lots.index(lot)] += part
        return amount

    def put_back(self, order_id: UUID, amount: int) -> None:
        paid = min(self.debt, amount)
        self.debt -= paid
        amount -= paid
        places = self.taken[order_id]
        for place in sorted(places, key=lambda place: self.lots[place][1], reverse=True):
            if self.lots[place][1] > self.now:
                part = min(places[place], amount)
                self.lots[place][0] += part
                places[place] -= part
                amount -= part
        if amount:
            self.lots.append([amount, self.now + timedelta(days=30)])

    def orders(self, of: dict[UUID, int]) -> strategies.SearchStrategy[UUID]:
        return strategies.sampled_from([order_id for order_id, amount in of.items() if amount])

    # A different second for every lot, so that "expires first" has one answer.
    def expiry(self, days: int) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now + timedelta(days=days)

    @rule(amount=AMOUNTS, days=DAYS)
    def grant(self, amount: int, days: int) -> None:
        expiry = self.expiry(days)
        self.act(points.grant, amount, "a gift", valid_days=days, now=self.now)
        if amount:
            self.add(amount, expiry)

    @rule(amount=AMOUNTS)
    def use(self, amount: int) -> None:
        order_id = new_id()
        if amount > max(0, self.available()):
            with pytest.raises(points.NotEnoughPoints):
                self.act(points.use, order_id, amount, now=self.now)
            self.repeat, self.answer = lambda: None, None
        else:
            assert self.act(points.use, order_id, amount, now=self.now) == {"points": amount}
            self.take(amount, order_id)
            self.used[order_id] = amount

    @precondition(lambda self: any(self.used.values()))
    @rule(data=strategies.data())
    def cancel_use(self, data: strategies.DataObject) -> None:
        order_id = data.draw(self.orders(self.used))
        self.now += timedelta(seconds=1)
        self.act(points.cancel_use, order_id, now=self.now)
        self.put_back(order_id, self.used.pop(order_id))

    @rule(data=strategies.data(), accrual=AMOUNTS, days=DAYS)
    def accrue(self, data: strategies.DataObject, accrual: int, days: int) -> None:
        order_id = data.draw(self.orders(self.used)) if any(self.used.values()) else new_id()
        expiry = self.expiry(days)
        self.act(points.accrue, order_id, accrual, valid_days=days, now=self.now)
        if accrual:
            self.add(accrual, expiry)
            self.earned[order_id] += accrual

    @precondition(lambda self: any(self.used.values()))
    @rule(data=strategies.data())
    def give_back(self, data: strategies.DataObject) -> None:
        order_id = data.draw(self.orders(self.used))
        amount = data.draw(strategies.integers(1, self.used[order_id]))
        self.act(points.give_back, order_id, amount)
        self.used[order_id] -= amount
        self.held[order_id] += amount

    @precondition(lambda self: any(self.held.values()))
    @rule(data=strategies.data())
    def take_again(self, data: strategies.DataObject) -> None:
        order_id = data.draw(self.orders(self.held))
        amount = self.held.pop(order_id)
        self.act(points.take_again, order_id, amount)
        self.used[order_id] += amount

    @precondition(lambda self: any(self.held.values()) or any(self.earned.values()))
    @rule(data=strategies.data())
    def cancel_accrual(self, data: strategies.DataObject) -> None:
        order_id = data.draw(self.orders({**self.earned, **{k: v for k, v in self.held.items() if v}}))
        released, accrual = self.held.pop(order_id, 0), self.earned.pop(order_id, 0)
        self.now += timedelta(seconds=1)
        self.act(points.cancel_accrual, order_id, released, accrual, now=self.now)
        self.put_back(order_id, released)
        self.debt += self.take(accrual)

    @rule(days=DAYS)
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def expire(self) -> None:
        points.expire(self.tx, self.now)
        assert points.expire(self.tx, self.now) == 0

    @rule()
    def say_it_again(self) -> None:
        assert self.repeat() == self.answer

    @invariant()
    def the_books_add_up(self) -> None:
        assert books.faults(self.tx) == []

    @invariant()
    def model_and_ledger_tell_the_same(self) -> None:
        found = points.balance_of(self.tx, self.account_id, now=self.now)
        assert (found.available, found.held) == (self.available(), sum(self.held.values()))
        assert found.balance == found.available + found.held

    @invariant()
    def no_order_moves_more_than_it_used_and_earned(self) -> None:
        for order_id in self.used.keys() | self.held.keys() | self.earned.keys():
            assert books.net(self.tx, order_id) == self.earned.get(order_id, 0) - self.used.get(order_id, 0)


def test_whatever_happens_the_ledger_is_what_a_simple_model_says(engine: Engine) -> None:
    machine = type("LedgerHere", (Ledger,), {"engine": engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        ),
    )
