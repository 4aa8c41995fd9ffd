"""Orders and refunds against a model of a few lines: whatever happens in whatever order, both tell the same.

Customers ask for parts and take back what they asked; staff approve and turn down; the provider is silent, says no, and
gives money back days later; staff send again or pay another way. After every step the sums hold and nothing went back.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
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

from portal.domains import catalog, orders, points, refunds
from portal.domains.catalog import PolicyFields
from portal.domains.orders.moves import ORDER, ORDER_LINE
from portal.domains.payments.gateways import Repayment
from portal.domains.payments.moves import PAYMENT, REPAYMENT
from portal.domains.refunds.moves import REFUND
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.ids import new_id
from portal.kernel.moves import Moves
from tests.factories import identity as people
from tests.portal.domains.points import books
from tests.support.till import QUICK, Shop, provider, shop
from tests.workers.sagas.test_refusals import refusing
from workers.engine import Book, Driver
from workers.sagas import book, refund, repayment

__all__ = ["provider", "shop"]

WELCOME = 50_000
# Percent by hours before the start, and a fee: an amount, or a percentage of the price.
POLICIES: dict[str, tuple[dict[int, int], int, int]] = {
    "whole": ({0: 100}, 0, 0),
    "half": ({48: 100, 0: 50}, 0, 0),
    "fee": ({24: 100}, 1_500, 0),
    "tenth": ({24: 90, 0: 33}, 0, 10),
    "never": ({}, 0, 0),
}
POINTS = strategies.sampled_from([0, 1, 999, 20_000])
NAMES = strategies.sampled_from(sorted(POLICIES))
CARDS = strategies.sampled_from(["pm_card_visa", "pm_card_pendingRefund"])
GRAPHS: dict[str, Moves] = {
    "order": ORDER,
    "line": ORDER_LINE,
    "payment": PAYMENT,
    "repayment": REPAYMENT,
    "refund": REFUND,
}
STATES = """
WITH mine AS (SELECT id, state FROM orders WHERE account_id = :me)
SELECT 'order' AS record, id::text AS key, state FROM mine
UNION ALL SELECT 'line', id::text, state FROM order_lines WHERE order_id IN (SELECT id FROM mine)
UNION ALL SELECT 'refund', id::text, state FROM refunds WHERE order_id IN (SELECT id FROM mine)
UNION ALL SELECT 'payment', id::text, state FROM payments WHERE order_id IN (SELECT id FROM mine)
UNION ALL SELECT 'repayment', a.key, a.state FROM payment_attempts a JOIN payments p ON p.id = a.payment_id
    WHERE a.kind = 'refund' AND p.order_id IN (SELECT id FROM mine)
"""
SUMS = """
SELECT o.id, o.total, o.charge, o.points_used, o.refunded, o.points_returned, p.amount AS paid, p.refunding,
    p.refunded AS gone
FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE o.account_id = :me
"""


@dataclass
class Line:
    """Something bought: by money, by points, under which policy."""

    id: UUID
    charge: int
    points: int
    policy: str
    given_back: bool = False


@dataclass
class Bought:
    """An order of the model: what is left of its money and of the points it earned."""

    order: orders.Order
    lines: list[Line]
    left: int
    earned: int
    open: bool = False


@dataclass
class Asked:
    """A refund of the model."""

    id: UUID
    of: Bought
    lines: list[Line]
    amount: int
    points: int
    accrual: int
    state: str = "requested"
    attempt: str = ""
    tries: int = 1
    under_way: list[str] = field(default_factory=list)


class Pipeline(RuleBasedStateMachine):
    """One customer and what they buy; `shop` is set by the test."""

    shop: Shop
    policies: dict[str, UUID]
    hour = 0

    @initialize(used=POINTS, room=NAMES, tea=NAMES, card=CARDS)
    def open(self, used: int, room: str, tea: str, card: str) -> None:
        with transaction(self.shop.engine) as tx:
            self.me = people.account(tx, email=f"{new_id()}@example.com").id
            points.grant(tx, f"welcome:{self.me}", self.me, WELCOME, "welcome")
        self.shop.account_id = self.me
        self.bought: list[Bought] = []
        self.asked: list[Asked] = []
        self.balance = WELCOME
        self.seen: dict[tuple[str, str], str] = {}
        self.buy(used, room, tea, card)

    # What people do.

    @precondition(lambda self: len(self.bought) < 2)
    @rule(used=POINTS, room=NAMES, tea=NAMES, card=CARDS)
    def buy(self, used: int, room: str, tea: str, card: str) -> None:
        used = min(used, max(0, self.balance))
        for product_id, name in ((self.shop.product_id, room), (self.shop.goods_id, tea)):
            with transaction(self.shop.engine) as tx:
                version = catalog.get_product(tx, product_id).version
                catalog.assign_refund_policy(tx, product_id, version, self.policies[name])
        Pipeline.hour += 1
        order = self.shop.order(card=card, points=used, tea=1, hour=Pipeline.hour)
        assert self.shop.drive("payment", order.number) == "done"
        done = self.shop.get(order)
        lines = [
            Line(line.id, int(line.charge_share), line.points_share, {"booking": room, "goods": tea}[line.kind])
            for line in done.lines
        ]
        earned = int(done.charge) // 100
        assert (done.state, done.points_accrued) == ("completed", earned)
        self.balance += earned - used
        self.bought.append(Bought(done, lines, int(done.charge), earned))

    @precondition(lambda self: self.bought)
    @rule(data=strategies.data(), hours=strategies.sampled_from([60, 30, 3, -1]))
    def ask(self, data: strategies.DataObject, hours: int) -> None:
        bought = data.draw(strategies.sampled_from(self.bought))
        wanted = data.draw(
            strategies.lists(strategies.sampled_from(bought.lines), min_size=1, unique_by=lambda x: x.id)
        )
        start = self.shop.sql("SELECT min(starts_at) AS at FROM holds WHERE id = :id", id=bought.order.lines[0].hold_id)
        now = start[0].at - timedelta(hours=hours)
        ids = [line.id for line in wanted]
        possible = not bought.open and not any(line.given_back for line in wanted)
        try:
            with transaction(self.shop.engine) as tx:
                order = orders.get_order(tx, bought.order.id)
                found = refunds.request(tx, order, by=self.me, reason="ill", now=now, line_ids=ids)
        except (refunds.NotRefundable, refunds.AlreadyAsked):
            assert not possible
            return
        assert possible
        parts = [_back(line, hours) for line in wanted]
        amount, given = sum(part[0] for part in parts), sum(part[1] for part in parts)
        accrual = bought.earned * amount // bought.left if bought.left else 0
        assert (found.amount, found.points, found.accrual) == (amount, given, accrual)
        bought.open = True
        self.asked.append(Asked(found.id, bought, wanted, amount, given, accrual))

    @precondition(lambda self: any(one.state == "requested" for one in self.asked))
    @rule(data=strategies.data(), how=strategies.sampled_from(["approve", "approve", "reject", "withdraw"]))
    def decide(self, data: strategies.DataObject, how: str) -> None:
        # Every now and then somebody decides about what is decided already.
        waits = [one for one in self.asked if one.state == "requested"]
        asked = data.draw(strategies.sampled_from([*waits, *waits, *self.asked]))
        try:
            with transaction(self.shop.engine) as tx:
                if how == "withdraw":
                    refunds.withdraw(tx, asked.id, by=self.me)
                elif how == "reject":
                    refunds.reject(tx, asked.id, by=self.me, reason="No.", now=clock.now())
                else:
                    refunds.approve(tx, asked.id, by=self.me, now=clock.now())
        except refunds.AlreadyDecided:
            assert asked.state != "requested"
            return
        assert asked.state == "requested"
        asked.state = {"withdraw": "cancelled", "reject": "rejected", "approve": "approved"}[how]
        if how == "approve":
            asked.under_way = ["refund", str(asked.id)]
        else:
            asked.of.open = False

    # What the machine and the provider do.

    @precondition(lambda self: any(one.under_way for one in self.asked))
    @rule(
        data=strategies.data(),
        provider=strategies.sampled_from(["answers", "answers", "refuses", "cut_after", "cut_before", "error_before"]),
    )
    def work(self, data: strategies.DataObject, provider: str) -> None:
        asked = data.draw(strategies.sampled_from([one for one in self.asked if one.under_way]))
        kind, key = asked.under_way
        driver = self.shop.driver
        if provider == "refuses":
            self.shop.driver = self.refuser
        elif provider != "answers":
            self.shop.provider.fault("refund", provider, times=1)
        state = self.shop.drive(kind, key, visits=30)
        self.shop.driver = driver
        self.shop.provider.clear_faults()
        asked.under_way = []
        if kind == "repayment":
            self._tried_again(asked, state)
            return
        if state == "compensated":
            assert provider == "refuses"
            assert asked.amount, "of nothing the provider is not asked"
            asked.state, asked.of.open = "cancelled", False
            return
        assert state == "done"
        asked.attempt = self._attempt(asked)
        asked.state = "sent" if asked.attempt == "pending" else "settled"
        asked.of.open = False
        asked.of.left -= asked.amount
        asked.of.earned -= asked.accrual
        self.balance += asked.points - asked.accrual
        for line in asked.lines:
            line.given_back = True

    @precondition(lambda self: any(one.attempt in {"pending", "done"} for one in self.asked))
    @rule(data=strategies.data(), status=strategies.sampled_from(["done", "failed"]))
    def the_bank_says(self, data: strategies.DataObject, status: Any) -> None:
        asked = data.draw(strategies.sampled_from([one for one in self.asked if one.attempt in {"pending", "done"}]))
        query = "SELECT a.provider_ref FROM payment_attempts a JOIN refunds r ON r.attempt_key = a.key WHERE r.id = :id"
        ref = self.shop.sql(query, id=asked.id)[0].provider_ref
        with transaction(self.shop.engine) as tx:
            news = refunds.settled(tx, Repayment(ref, status))
        outside = asked.attempt == "outside"
        assert news == (not outside and (status == "failed" or asked.attempt == "pending"))
        asked.attempt = status
        if status == "done":
            asked.state = "settled"

    @precondition(lambda self: any(one.attempt == "failed" and not one.under_way for one in self.asked))
    @rule(data=strategies.data(), outside=strategies.booleans())
    def see_to_it(self, data: strategies.DataObject, outside: bool) -> None:
        waits = [one for one in self.asked if one.attempt == "failed" and not one.under_way]
        asked = data.draw(strategies.sampled_from(waits))
        with transaction(self.shop.engine) as tx:
            assert refunds.find_returned(tx, asked.id)
            if outside:
                refunds.settle_outside(tx, asked.id, f"Transfer {asked.id}:{asked.tries}")
            else:
                refunds.send_again(tx, asked.id)
        if outside:
            asked.state, asked.attempt, asked.tries = "settled", "outside", asked.tries + 1
        else:
            asked.under_way = ["repayment", f"{asked.id}:{asked.tries + 1}"]

    def _tried_again(self, asked: Asked, state: str) -> None:
        """The practice provider knows nothing of what this bank said, so that it may say that the money has arrived."""
        asked.tries += 1
        asked.attempt = self._attempt(asked)
        assert (state == "compensated") == (asked.attempt == "failed")
        if asked.attempt == "done":
            asked.state = "settled"

    def _attempt(self, asked: Asked) -> str:
        query = "SELECT a.state FROM payment_attempts a JOIN refunds r ON r.attempt_key = a.key WHERE r.id = :id"
        rows = self.shop.sql(query, id=asked.id)
        return str(rows[0].state) if rows else ""

    # What always holds.

    @invariant()
    def every_record_went_forward_to_where_the_model_says(self) -> None:
        if not hasattr(self, "asked"):
            return
        found = {(row.record, row.key): row.state for row in self.shop.sql(STATES, me=self.me)}
        for (record, key), state in found.items():
            before = self.seen.get((record, key), state)
            assert state in _reachable(GRAPHS[record], before), (record, before, state)
        self.seen = found
        told = {key: state for (record, key), state in found.items() if record == "refund"}
        assert told == {str(one.id): one.state for one in self.asked}

    @invariant()
    def the_money_adds_up(self) -> None:
        if not hasattr(self, "asked"):
            return
        for row in self.shop.sql(SUMS, me=self.me):
            (bought,) = [one for one in self.bought if one.order.id == row.id]
            gone = [one for one in self.asked if one.of is bought and one.state in {"sent", "settled"}]
            assert row.charge + row.points_used == row.total
            assert row.refunded == sum(one.amount for one in gone) <= row.charge
            assert bought.left == row.charge - row.refunded
            assert row.points_returned == sum(one.points for one in gone) <= row.points_used
            if row.paid is not None:
                assert row.gone == row.refunded
                assert row.refunding + row.gone <= row.paid == row.charge

    @invariant()
    def the_points_are_what_the_model_says(self) -> None:
        if hasattr(self, "balance"):
            query = "SELECT balance, held FROM points_accounts WHERE account_id = :me"
            assert tuple(self.shop.sql(query, me=self.me)[0]) == (self.balance, 0)

    def teardown(self) -> None:
        """At the end the provider's own books: never more back than was paid, nothing sent twice."""
        if getattr(self, "bought", ()):
            there = self.shop.provider.books()["payments"]
            back = {one["metadata"].get("order"): one["amount_refunded"] for one in there}
            with transaction(self.shop.engine) as tx:
                assert books.faults(tx) == []
        for bought in getattr(self, "bought", ()):
            mine = [one for one in self.asked if one.of is bought]
            assert back.get(bought.order.number, 0) <= bought.order.charge
            assert back.get(bought.order.number, 0) == sum(
                one.amount for one in mine if one.state in {"sent", "settled"}
            )


def _back(line: Line, hours: int) -> tuple[int, int]:
    """What one line gives back so many hours before the start: money and points."""
    tiers, fee, fee_percent = POLICIES[line.policy]
    percent = next((tiers[before] for before in sorted(tiers, reverse=True) if hours >= before), 0)
    money, given = line.charge * percent // 100, line.points * percent // 100
    due = (line.charge + line.points) * fee_percent // 100 if fee_percent else fee
    of_money = min(due, money)
    return money - of_money, given - min(due - of_money, given)


def _reachable(moves: Moves, before: str) -> set[str]:
    found, ahead = {before}, [before]
    while ahead:
        new = set(moves[ahead.pop()]) - found
        found |= new
        ahead += new
    return found


@pytest.fixture
def policies(shop: Shop) -> dict[str, UUID]:
    with transaction(shop.engine) as tx:
        return {
            name: catalog.create_refund_policy(
                tx,
                PolicyFields(name, list(tiers.items()), bool(tiers), Decimal(fee) if fee else None, percent or None),
            ).id
            for name, (tiers, fee, percent) in POLICIES.items()
        }


def test_whatever_happens_orders_and_refunds_are_what_a_simple_model_says(
    shop: Shop, policies: dict[str, UUID]
) -> None:
    shop.provider.set(pending_refund_ms=10_000_000)
    shop.sql("UPDATE products SET stock = 1000 WHERE kind = 'goods'")
    steps = {saga.name: _refusing(saga) for saga in (refund, repayment)}
    others = [saga for saga in book if saga.name not in steps]
    refuser = Driver(shop.engine, Book([*others, *steps.values()]), QUICK)
    machine = type("PipelineHere", (Pipeline,), {"shop": shop, "policies": policies, "refuser": refuser})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        ),
    )


def _refusing(saga: Any) -> Any:
    """The same table, whose pivot says no."""
    pivot = saga.steps[saga.pivot]
    no = pivot.definition.refusals[0]
    return replace(saga, steps=tuple(refusing(step, no) if step is pivot else step for step in saga.steps))
