"""Customers, staff, people in line and two who look after the lines, in several processes on the same times at once."""

import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from portal.domains import reservations, resources, waiting
from portal.domains.reservations import Hold, SlotWaitedFor
from portal.domains.waiting import Entry, Line
from portal.kernel import clock
from portal.kernel.db import Tx, make_engine, transaction
from portal.kernel.errors import Fact
from tests.portal.domains.reservations.racing import NOTHING_WRONG, race, wrongs
from tests.portal.domains.reservations.scene import HOUR, MORNING, Scene, scene
from tests.portal.domains.waiting.full import HOW
from workers.lines import Looking

PROCESSES, THREADS, ROUNDS = 2, 7, 25
HOURS = 3
UNITS = 4
PATIENT = timedelta(seconds=60)

FREE = text("""
    SELECT line.starts_at, line.least, :units - (
        SELECT count(DISTINCT r.unit) FROM reservations r
        WHERE r.resource_id = :resource AND lower(r.during) < line.ends_at AND upper(r.during) > line.starts_at
          AND (r.status = 'CONFIRMED'
               OR r.status = 'PENDING' AND (r.order_id IS NOT NULL OR r.expires_at > clock_timestamp()))
    ) AS free
    FROM (
        SELECT starts_at, ends_at, min(quantity) AS least FROM waiting_entries WHERE state = 'waiting'
        GROUP BY starts_at, ends_at
    ) AS line
""")
"""Of each line its smallest party and what is free: told by bounds, no word of it shared with the code."""
SOLD = text("""
    SELECT max(taken) FROM (
        SELECT lower(during) AS at, count(*) AS taken FROM reservations WHERE status <> 'CANCELLED' GROUP BY 1
    ) AS times
""")
OFFERS = text("""
    SELECT count(*) FILTER (WHERE mails.id IS NULL) AS without_mail,
        count(*) FILTER (WHERE h.id IS NULL) AS without_hold,
        count(*) AS all
    FROM waiting_entries w
    LEFT JOIN mails ON mails.key = 'waiting:' || w.id
    LEFT JOIN holds h ON h.id = w.hold_id AND h.account_id = w.account_id AND h.quantity = w.quantity
    WHERE w.hold_id IS NOT NULL
""")


def test_exactly_what_there_is_gets_sold_and_every_free_place_is_offered(database: Engine) -> None:
    with transaction(database) as tx:
        course = scene(tx, units=UNITS, customers=PROCESSES * THREADS)
        for hour in range(HOURS):
            for unit in range(UNITS):
                hold = course.hold(tx, who=unit, hour=hour, idempotency_key=f"first {hour} {unit}")
                reservations.bind(tx, account_id=hold.account_id, hold_ids=[hold.id], order_id=hold.id)
                reservations.confirm(tx, hold.id)
    url = database.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(PROCESSES + 1, mp_context=get_context("spawn")) as pool:
        crowds = [pool.submit(_crowd, url, course, MORNING, number) for number in range(PROCESSES)]
        look = pool.submit(_look, url, 8.0)
        told = sum((future.result() for future in crowds), Counter())
        offers = look.result()
    assert told["Entry"] > 20
    assert told.keys() & {"SlotWaitedFor", "SlotTaken"}, "who came along was told"
    looking = Looking(partial(transaction, database), **HOW)
    while looking.look():
        pass
    assert wrongs(database) == NOTHING_WRONG
    with database.connect() as connection:
        free = connection.execute(FREE, {"units": UNITS, "resource": course.resource_id}).all()
        assert all(row.free < row.least for row in free), "a place is free, and somebody waits for it"
        assert (connection.execute(SOLD).scalar_one() or 0) <= UNITS
        without_mail, without_hold, made = connection.execute(OFFERS).one()
    assert (without_mail, without_hold) == (0, 0)
    assert made > 3, f"{offers} by the clock alone"


def _look(url: str, seconds: float) -> int:
    """Looks after the lines as the ticker does."""
    engine = make_engine(url, pool_size=4)
    looking, until, made = Looking(partial(transaction, engine), **HOW), clock.now() + timedelta(seconds=seconds), 0
    while clock.now() < until:
        made += looking.look()
    engine.dispose()
    return made


def _crowd(url: str, course: Scene, morning: datetime, process: int) -> Counter[str]:
    engine = make_engine(url, pool_size=4)

    def live(tx: Tx, n: int) -> Any:
        chance = random.Random(process * 10_000 + n)
        me = course.accounts[process * THREADS + n // ROUNDS]
        return _act(tx, chance, course, me, morning + chance.randrange(HOURS) * HOUR)

    told: Counter[str] = Counter()
    for answer in race(engine, THREADS, live, rounds=ROUNDS):
        told[type(answer.value).__name__] += 1
        if isinstance(answer.value, SlotWaitedFor):
            with transaction(engine) as tx:
                line = Line(course.product_id, morning)
                told["served"] += waiting.offer_next(tx, line, now=clock.now(), **HOW) is not None
    engine.dispose()
    return told


def _act(tx: Tx, chance: random.Random, course: Scene, me: UUID, at: datetime) -> Hold | Entry | Fact | None:
    act = chance.choice(["join"] * 5 + ["hold"] * 3 + ["leave", "order", "order", "cancel", "cancel", "close"])
    asked: dict[str, Any] = {"account_id": me, "product_id": course.product_id, "starts_at": at, "now": clock.now()}
    if act == "join":
        return waiting.join(tx, **asked, quantity=chance.randrange(1, 4))
    if act == "hold":
        return reservations.hold(tx, **asked, quantity=chance.randrange(1, 3), minutes=15, wait=PATIENT)
    if act == "leave":
        mine = waiting.entries_of(tx, me)
        return waiting.leave(tx, account_id=me, entry_id=mine[0].entry.id, now=clock.now()) if mine else None
    if act == "order":
        basket = reservations.holds_of(tx, me, clock.now())
        if basket:
            reservations.bind(tx, account_id=me, hold_ids=[basket[0].id], order_id=basket[0].id)
            reservations.confirm(tx, basket[0].id)
        return None
    if act == "cancel":
        orders = "SELECT DISTINCT order_id FROM reservations WHERE status = 'CONFIRMED' ORDER BY 1"
        found = list(tx.execute(text(orders)).scalars())
        if found:
            order_id = chance.choice(found)
            reservations.cancel(tx, order_id=order_id, hold_ids=[order_id])
        return None
    closed = resources.close_times(tx, course.resource_id, at + 10 * HOUR, at + 11 * HOUR)
    resources.reopen(tx, closed.id)
    return None
