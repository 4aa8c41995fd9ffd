"""The hot queries: what customers, staff and workers ask all day, through the functions that ask it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.domains import catalog, moving, notifications, orders, payments, points, refunds, reservations, waiting
from portal.domains.catalog.filters import AnyOf, Between
from portal.domains.reservations import standing
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from portal.reports import bookings, happenings, next_free, sagas, today, watching
from portal.reports import orders as order_list
from portal.reports import refunds as refund_list
from portal.reports import waiting as waiting_list
from tests.plans.world import World
from workers.engine import store

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KNOWN = ["payment 1", "refund 1"]


@dataclass(frozen=True)
class Hot:
    """What is asked, in words, and how."""

    name: str
    words: str
    act: Callable[[Tx, World], Any]


def _days(tx: Tx, world: World, many: int) -> Any:
    first = clock.now().date() + DAY
    return reservations.slots(tx, world.product, first=first, last=first + (many - 1) * DAY, now=clock.now())


def _month(tx: Tx, world: World) -> Any:
    first = clock.now().date()
    return reservations.day_states(tx, world.product, first=first, last=first + 41 * DAY, now=clock.now())


def _noon() -> datetime:
    """An hour in three days in which nobody has booked anything: bookings of the world begin at even hours."""
    return clock.now().replace(hour=23, minute=0, second=0, microsecond=0) + 3 * DAY


def _claim(tx: Tx, world: World, **more: Any) -> Any:
    wish = {"account_id": world.id("a", 1), "product_id": world.product, "starts_at": _noon(), "now": clock.now()}
    return reservations.hold(tx, **wish | {"minutes": 15, "quantity": 1, "idempotency_key": str(new_id())} | more)


def _let_go(tx: Tx, world: World) -> None:
    held = _claim(tx, world)
    reservations.release(tx, account_id=held.account_id, hold_id=held.id)


def _bind(tx: Tx, world: World) -> None:
    held, order_id = _claim(tx, world), new_id()
    reservations.bind(tx, account_id=held.account_id, hold_ids=[held.id], order_id=order_id)
    reservations.confirm(tx, order_id)
    tx.connection().exec_driver_sql("SELECT 1")


def _line(world: World) -> waiting.Line:
    return waiting.Line(world.product, _noon())


def _list(tx: Tx, world: World, **asked: Any) -> Any:
    return catalog.list_products(tx, now=clock.now(), **asked)


HOT = (
    Hot("day", "the free times of a day", lambda tx, world: _days(tx, world, 1)),
    Hot("week", "the free times of a week", lambda tx, world: _days(tx, world, 7)),
    Hot("month", "the look of a month", _month),
    Hot(
        "next_free",
        "when each of a list's 24 products is next free",
        lambda tx, world: next_free.next_free(tx, [world.id("cc", n) for n in range(1, 25)], now=clock.now()),
    ),
    Hot("claim", "taking a place", _claim),
    Hot("let_go", "letting a place go", _let_go),
    Hot("book", "an order binds and confirms a place", _bind),
    Hot("basket", "what somebody holds", lambda tx, world: reservations.holds_of(tx, world.id("a", 1), clock.now())),
    Hot("tidy", "holds whose time is over are let go", lambda tx, _: reservations.release_expired(tx, limit=200)),
    Hot(
        "my_bookings",
        "somebody's bookings to come",
        lambda tx, world: bookings.bookings_of(tx, world.id("a", 7), "to-come", now=clock.now()),
    ),
    Hot(
        "my_past",
        "somebody's past bookings, second page",
        lambda tx, world: bookings.bookings_of(
            tx, world.id("a", 7), "past", now=clock.now(), after=(clock.now() - 30 * DAY, new_id())
        ),
    ),
    Hot("my_orders", "somebody's orders, for an app", lambda tx, world: orders.orders_of(tx, world.id("a", 7))),
    Hot("points", "somebody's points and what made them so", lambda tx, world: _points(tx, world)),
    Hot(
        "catalog",
        "the catalog's first page",
        lambda tx, world: _list(tx, world),
    ),
    Hot("search", "a search for a word", lambda tx, world: _list(tx, world, q="kayak 77")),
    Hot("slip", "a search with a slip of the finger", lambda tx, world: _list(tx, world, q="studoi")),
    Hot(
        "filters",
        "a category narrowed by a choice and a number",
        lambda tx, world: _list(
            tx, world, category_id=world.id("c", 1), filters=[AnyOf("level", ["expert"]), Between("size", 20, 60)]
        ),
    ),
    Hot("staff_orders", "staff: the latest orders", lambda tx, _: order_list.find_orders(tx)),
    Hot(
        "staff_orders_state",
        "staff: orders of a state that few have",
        lambda tx, _: order_list.find_orders(tx, state="awaiting_payment"),
    ),
    Hot("staff_orders_name", "staff: orders of a name", lambda tx, _: order_list.find_orders(tx, q="person 17")),
    Hot(
        "staff_orders_number", "staff: an order by its number", lambda tx, _: order_list.find_orders(tx, q="J-00000123")
    ),
    Hot("staff_today", "staff: the day in numbers", lambda tx, _: today.today(tx, now=clock.now(), zone="Asia/Seoul")),
    Hot(
        "staff_refunds",
        "staff: refunds that wait",
        lambda tx, _: (refund_list.find_refunds(tx), refund_list.counts(tx)),
    ),
    Hot("staff_all_refunds", "staff: all refunds", lambda tx, _: refund_list.find_refunds(tx, state=None)),
    Hot(
        "staff_closure",
        "staff: whom a closure concerns",
        lambda tx, world: standing.within(tx, world.id("f", 1), [(clock.now(), clock.now() + 7 * DAY)]),
    ),
    Hot("staff_sagas", "staff: processes that need a person", lambda tx, _: sagas.find_sagas(tx, "person")),
    Hot("staff_log", "staff: what happened last, and to one order", lambda tx, world: _log(tx, world)),
    Hot("sagas_due", "workers: which processes are due", lambda tx, _: _due(tx)),
    Hot("saga_claim", "workers: taking the next one", lambda tx, _: _take(tx)),
    Hot(
        "mails_due",
        "workers: mails to send",
        lambda tx, _: (notifications.many_due(tx, clock.now(), most=8), notifications.claim(tx, clock.now())),
    ),
    Hot("points_expire", "workers: points whose time is over", lambda tx, _: points.expire(tx, clock.now())),
    Hot("figures", "the gauges of the house", lambda tx, _: list(watching.figures(tx))),
    Hot("line", "somebody gets into a line and sees their place", lambda tx, world: _join(tx, world)),
    Hot(
        "lines",
        "workers: lines with room",
        lambda tx, _: waiting.with_room(tx, waiting.lines(tx, after=None, limit=500)),
    ),
    Hot("settle", "workers: what became of offers", lambda tx, _: waiting.settle(tx, now=clock.now())),
    Hot("staff_waits", "staff: who waited, latest first", lambda tx, _: waiting_list.find_waits(tx, "ended")),
    Hot("order", "an order with its payments, refunds and moves", lambda tx, world: _order(tx, world)),
)


def _points(tx: Tx, world: World) -> None:
    points.balance_of(tx, world.id("a", 7))
    points.entries_of(tx, world.id("a", 7), limit=25)


def _log(tx: Tx, world: World) -> None:
    happenings.latest(tx)
    happenings.about(tx, "order", world.id("3", 10))


def _due(tx: Tx) -> None:
    store.due(tx.connection(), known=KNOWN, grace=1.0, limit=4)


def _take(tx: Tx) -> None:
    """The claim's own two statements, without the commit that goes with them."""
    for sql, given in store.along(owner="me", lease=30.0, known=KNOWN):
        tx.connection().exec_driver_sql(sql, dict(given))


def _join(tx: Tx, world: World) -> None:
    _claim(tx, world, quantity=4)
    tx.flush()
    waiting.join(tx, account_id=world.id("a", 9), product_id=world.product, starts_at=_noon(), now=clock.now())
    waiting.entries_of(tx, world.id("a", 9))
    waiting_list.waits_of(tx, world.id("a", 9), now=clock.now())


def _order(tx: Tx, world: World) -> None:
    order = orders.get_by_number(tx, "J-00000107")
    payments.payments_of(tx, order.id)
    payments.attempts_of(tx, order.id)
    refunds.refunds_of(tx, order.id)
    moving.moves_of(tx, order.id)
    reservations.bound(tx, order.id)
