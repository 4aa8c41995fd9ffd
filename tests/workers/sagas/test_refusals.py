"""The refusal matrix, made from the tables: every refusal of every step leaves things as they were.

A new row in a saga's table brings its own cells.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from portal.domains import orders, payments, refunds
from portal.kernel.db import transaction
from portal.kernel.errors import Refusal
from portal.kernel.steps import External
from tests.support.till import QUICK, Shop
from workers.engine import Book, Driver, Saga, Step
from workers.sagas import book, late_payment, late_refund, move, payment, refund, remainder, repayment


def cells(saga: Saga) -> list[Any]:
    return [
        pytest.param(step.name, refusal, id=f"{step.name}-{refusal.code}")
        for step in saga.steps
        for refusal in step.definition.refusals
    ]


def refusing(step: Step, refusal: type[Refusal]) -> Step:
    """The same step, whose function does its work and then says no: the worst moment to do so."""

    def local(**given: Any) -> None:
        assert not isinstance(step.do, External)
        step.do(**given)
        raise refusal

    def outside(**_given: Any) -> None:
        raise refusal

    if isinstance(step.do, External):
        return replace(step, do=replace(step.do, send=_like(step.do.send, outside)))
    return replace(step, do=_like(step.do, local))


def _like(function: Any, stand_in: Any) -> Any:
    """The stand-in with the other's signature and declaration, so that the table is checked as ever."""
    stand_in.__wrapped__ = function
    if hasattr(function, "definition"):
        stand_in.definition = function.definition
    return stand_in


@contextmanager
def with_refusal(shop: Shop, saga: Saga, name: str, refusal: type[Refusal]) -> Iterator[None]:
    """The shop's driver goes by a table in which one step refuses."""
    steps = tuple(refusing(step, refusal) if step.name == name else step for step in saga.steps)
    others = [other for other in book if other.name != saga.name]
    before, shop.driver = shop.driver, Driver(shop.engine, Book([*others, replace(saga, steps=steps)]), QUICK)
    yield
    shop.driver = before


@pytest.mark.parametrize(("step", "refusal"), cells(payment))
def test_a_refused_booking_leaves_nothing_taken(shop: Shop, step: str, refusal: type[Refusal]) -> None:
    order = shop.order()

    with with_refusal(shop, payment, step, refusal):
        assert shop.drive("payment", order.number) == "compensated"

    done = shop.get(order)
    assert (done.state, done.refusal) == ("cancelled", refusal.code)
    assert shop.charged(order) == []
    assert (shop.balance().balance, shop.balance().held, shop.stock()) == (5000, 0, 5)
    assert shop.places() == ["PENDING"]
    assert shop.sql("SELECT order_id FROM reservations")[0].order_id is None
    assert shop.mails() == (["order_cancelled"] if refusal is payments.NotConfirmed else [])
    assert_undone_in_reverse(shop, "payment")


@pytest.mark.parametrize(("step", "refusal"), cells(refund))
def test_a_refused_refund_leaves_the_booking_as_it_was(shop: Shop, step: str, refusal: type[Refusal]) -> None:
    order = shop.order()
    shop.drive("payment", order.number)
    before = (shop.get(order).points_accrued, shop.balance(), shop.stock(), shop.places())
    asked = shop.refund(shop.get(order))

    with with_refusal(shop, refund, step, refusal):
        assert shop.drive("refund", str(asked.id)) == "compensated"

    done = shop.get(order)
    assert done.state == "completed"
    assert {line.state for line in done.lines} == {"active"}
    assert (done.points_accrued, shop.balance(), shop.stock(), shop.places()) == before
    assert shop.refunded(asked).state == "cancelled"
    assert shop.sent_back(order) == 0
    assert shop.sql("SELECT refunding, refunded FROM payments")[0] == (0, 0)
    assert shop.mails() == ["order_confirmed"]
    assert_undone_in_reverse(shop, "refund")


@pytest.mark.parametrize(("step", "refusal"), cells(late_payment))
def test_refused_late_money_goes_back_whole_and_leaves_nothing_taken(
    shop: Shop, step: str, refusal: type[Refusal]
) -> None:
    order = shop.given_up()
    shop.pay_late(order)
    shop.take_in(order)

    with with_refusal(shop, late_payment, step, refusal):
        assert shop.drive("late_payment", order.number) == "compensated"
    assert shop.drive("late_refund", order.number) == "done"

    done = shop.get(order)
    assert (done.state, done.refusal, done.refunded) == ("cancelled", "card-declined", 40000)
    assert (shop.charged(order), shop.sent_back(order)) == ([40000], 40000)
    assert shop.sql("SELECT state, refunding, refunded FROM payments")[0] == ("paid", 0, 40000)
    assert (shop.balance().balance, shop.balance().held, shop.stock()) == (5000, 0, 5)
    assert shop.sql("SELECT count(*) AS bound FROM reservations WHERE order_id IS NOT NULL")[0].bound == 0
    shop.take_the_place()
    assert shop.mails() == ["late_given_back"]
    assert shop.sql("SELECT data FROM mails")[0].data["refusal"] == refusal.code
    assert_undone_in_reverse(shop, "late_payment")


@pytest.mark.parametrize(("step", "refusal"), cells(repayment))
def test_a_refused_try_to_send_again_leaves_the_money_waiting(shop: Shop, step: str, refusal: type[Refusal]) -> None:
    back = shop.refund_came_back()
    with transaction(shop.engine) as tx:
        refunds.send_again(tx, back.id)

    with with_refusal(shop, repayment, step, refusal):
        assert shop.drive("repayment", f"{back.id}:2") == "compensated"

    with transaction(shop.engine) as tx:
        waits = refunds.find_returned(tx, back.id)
    assert waits
    assert waits.reason == refusal.code
    assert (shop.refunded(back).state, shop.refunded(back).tries) == ("sent", 2)
    assert shop.sql("SELECT refunding, refunded FROM payments")[0] == (0, 40000)
    assert shop.sent_back(shop.sql("SELECT number FROM orders")[0]) == 0


@pytest.mark.parametrize(("step", "refusal"), cells(move))
def test_a_refused_move_leaves_the_booking_where_it_was(shop: Shop, step: str, refusal: type[Refusal]) -> None:
    order = shop.bought()
    before = (order.total, order.charge, order.points_accrued, shop.balance(), shop.stock(), shop.booked())
    shop.costs(45000)
    asked = shop.move(order, 10.5)

    with with_refusal(shop, move, step, refusal):
        assert shop.drive("move", asked.number) == "compensated"

    done = shop.get(order)
    assert {line.state for line in done.lines} == {"active"}
    assert (done.total, done.charge, done.points_accrued, shop.balance(), shop.stock(), shop.booked()) == before
    assert (shop.moved(asked).state, shop.moved(asked).refusal) == ("cancelled", refusal.code)
    assert shop.charged(order) == [40000]
    shop.take_the_place(11)
    assert shop.mails() == ["order_confirmed"] + (["move_given_up"] if refusal is payments.NotConfirmed else [])
    assert_undone_in_reverse(shop, "move")


def assert_undone_in_reverse(shop: Shop, kind: str) -> None:
    """The lines of the way back are those of the way there, the other way round; and nothing ran after the turn."""
    query = "SELECT step, phase, outcome FROM saga_steps JOIN sagas ON id = saga_id WHERE kind = :kind ORDER BY seq"
    rows = shop.sql(query, kind=kind)
    saga = book.newest(kind)
    undoable = {step.name for step in saga.steps if step.undo}
    done = [row.step for row in rows if row.phase == "do" and row.step in undoable]
    undone = [row.step for row in rows if row.phase == "undo"]
    assert undone == done[::-1]
    assert [row.phase for row in rows] == sorted((row.phase for row in rows), key=["do", "undo"].index)


def test_there_are_refusals_to_try() -> None:
    assert len(cells(payment)) >= 5
    assert len(cells(refund)) >= 3
    assert len(cells(late_payment)) >= 5
    assert cells(late_refund) == [], "there the money only goes back"
    assert len(cells(repayment)) == 2
    assert len(cells(move)) == 4
    assert cells(remainder) == [], "what a refund on its way still owes only goes back"
    assert orders.create.definition.refusals  # type: ignore[attr-defined]  # what @function adds
