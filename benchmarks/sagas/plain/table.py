"""The saga of six plain writes, as a table of the real engine."""

from dataclasses import dataclass
from typing import Any

from benchmarks.sagas.plain import writes
from portal.kernel import wire
from portal.kernel.db import Tx
from portal.kernel.errors import Refusal
from portal.kernel.steps import Definition, Done, External, NoTrace, function
from workers.engine import ASYNC, COMPENSATABLE, PIVOT, RETRYABLE, SYNC, Book, Saga, Step


@dataclass(frozen=True)
class Order:
    """What the shop hands over."""

    order_id: int
    account_id: int
    total: int
    points: int
    accrual: int


class TooFewPoints(Refusal):
    """The account has fewer points than were to be used."""

    code = "too-few-points"


class Declined(Refusal):
    """The provider said no."""

    code = "declined"


@function("order", "the order stands")
def create_order(tx: Tx, order_id: int, account_id: int, total: int) -> None:
    _write(tx, writes.CREATE_ORDER, order_id=order_id, account_id=account_id, total=total)


@function("order", "the order is called off")
def cancel_order(tx: Tx, order_id: int) -> None:
    _write(tx, "UPDATE bench_orders SET state = 'cancelled' WHERE id = %(order_id)s", order_id=order_id)


@function("point", "the points are used", (TooFewPoints,))
def use_points(tx: Tx, order_id: int, account_id: int, points: int) -> None:
    given = {"order_id": order_id, "account_id": account_id, "points": points}
    wire.require(tx, writes.POINTS_USED, given, otherwise=TooFewPoints)


@function("point", "the points are back")
def cancel_points(tx: Tx, order_id: int) -> None:
    _write(tx, "DELETE FROM bench_points WHERE order_id = %(order_id)s", order_id=order_id)


def _intend(tx: Tx) -> None:
    """Nothing of our own is written before the call; the engine writes its intent."""


def _send(call: Any, key: str) -> Done:
    return Done({"reference": writes.charge(key)})


def _ask(call: Any, key: str) -> NoTrace:
    return NoTrace()


def _record(tx: Tx, key: str, answer: Any, order_id: int, total: int) -> None:
    if isinstance(answer, Done):
        reference = answer.output["reference"]
        _write(tx, writes.RECORD_PAYMENT, key=key, order_id=order_id, total=total, reference=reference)


charge = External(
    "charge", Definition("payment", "the provider has charged", (Declined,)), _intend, _send, _ask, _record
)


@function("point", "the points are there")
def accrue_points(tx: Tx, order_id: int, account_id: int, accrual: int) -> None:
    _write(tx, writes.ACCRUE_POINTS, order_id=order_id, account_id=account_id, accrual=accrual)


@function("order", "the order is complete")
def complete_order(tx: Tx, order_id: int) -> None:
    _write(tx, writes.COMPLETE_ORDER, order_id=order_id)


@function("common", "a mail is queued")
def queue_mail(tx: Tx, order_id: int) -> None:
    _write(tx, writes.QUEUE_MAIL, order_id=order_id)


def _write(tx: Tx, sql: str, **given: Any) -> None:
    wire.later(tx, sql, given)


plain = Saga(
    name="plain",
    version=1,
    command=Order,
    steps=(
        Step("create order", ASYNC, create_order, cancel_order, COMPENSATABLE),
        Step("use points", ASYNC, use_points, cancel_points, COMPENSATABLE),
        Step("request payment", SYNC, charge, None, PIVOT),
        Step("accrue points", ASYNC, accrue_points, None, RETRYABLE),
        Step("complete order", ASYNC, complete_order, None, RETRYABLE),
        Step("send e-mail", ASYNC, queue_mail, None, RETRYABLE),
    ),
)

book = Book([plain])
