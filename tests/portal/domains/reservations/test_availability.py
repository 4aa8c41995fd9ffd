"""What is shown as free is what can be held: states, prices, days when clocks change, and one query for all of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from portal.domains import reservations
from portal.kernel.db import Tx
from portal.kernel.money import Money
from tests import factories
from tests.portal.domains.reservations.scene import HOUR, MORNING, NOW, Scene, let_time_pass, scene
from tests.support.statements import counted

DAY = MORNING.astimezone(ZoneInfo("Asia/Seoul")).date()
NINE_TO_NOON = [(weekday, 540, 720) for weekday in range(7)]


def look(tx: Tx, at: Scene, **asked: object) -> str:
    """The morning at a glance: the available units of each slot, or the first letter of closed and past."""
    shown = reservations.slots(tx, at.product_id, **{"first": DAY, "last": DAY, "now": NOW} | asked)  # type: ignore[arg-type]  # as asked
    return " ".join(slot.state[0] if slot.state in ("closed", "past") else str(slot.available) for slot in shown)


def test_each_slot_counts_the_units_free_throughout(tx: Tx) -> None:
    kayaks = scene(tx, units=3, length=60, max_length=180, start_step=60, hours=NINE_TO_NOON)
    kayaks.hold(tx, ends_at=MORNING + HOUR)
    kayaks.hold(tx, who=1, hour=1, ends_at=MORNING + 2 * HOUR, quantity=2)
    assert look(tx, kayaks) == "2 1 3"
    assert look(tx, kayaks, length=2 * HOUR) == "1 1"
    assert look(tx, kayaks, length=3 * HOUR) == "1"


def test_buffers_and_other_products_on_the_resource_count(tx: Tx) -> None:
    long = factories.bookable(tx, length=60, buffer_after=30, start_step=30, hours=NINE_TO_NOON)
    short = factories.bookable(tx, length=30, start_step=30, on=long.resource)
    massage = Scene(long.product.id, long.resource.id, [factories.account(tx).id])
    massage.hold(tx, hour=0.5)  # 9:30 to 10:30, and busy until 11:00
    assert look(tx, massage) == "0 0 0 0 1"
    assert look(tx, Scene(short.product.id, long.resource.id, [])) == "1 0 0 0 1 1"


def test_what_does_not_stand_does_not_count(tx: Tx) -> None:
    kayaks = scene(tx, units=4, start_step=60, hours=NINE_TO_NOON, customers=4)
    held, over, freed, ordered = (kayaks.hold(tx, who=who) for who in range(4))
    let_time_pass(tx, over)
    reservations.release(tx, account_id=kayaks.accounts[2], hold_id=freed.id)
    order_id = uuid4()
    reservations.bind(tx, account_id=kayaks.accounts[3], hold_ids=[ordered.id], order_id=order_id)
    let_time_pass(tx, ordered)
    assert look(tx, kayaks) == "2 4 4"
    reservations.confirm(tx, order_id)
    assert look(tx, kayaks) == "2 4 4"
    let_time_pass(tx, held)
    reservations.cancel(tx, order_id=order_id, hold_ids=[ordered.id])
    assert look(tx, kayaks) == "4 4 4"


def test_states_say_why_a_slot_cannot_be_chosen(tx: Tx) -> None:
    kayaks = scene(tx, units=4, start_step=60, hours=NINE_TO_NOON, max_quantity=4, lead_time=30)
    kayaks.hold(tx, quantity=3)
    kayaks.hold(tx, who=1, hour=1, quantity=4)

    def states(**more: Any) -> list[str]:
        asked = {"first": DAY, "last": DAY, "now": NOW} | more
        return [slot.state for slot in reservations.slots(tx, kayaks.product_id, **asked)]

    assert states() == ["few", "full", "free"]
    assert states(quantity=2) == ["full", "full", "free"]
    assert states(now=MORNING + 0.5 * HOUR) == ["past", "full", "free"]
    assert states(now=MORNING + 1.75 * HOUR) == ["past", "past", "soon"], "half an hour's notice is asked for"
    shut(tx, kayaks, MORNING + 2 * HOUR, MORNING + 3 * HOUR)
    assert states(now=MORNING + 1.75 * HOUR)[2] == "closed", "what is closed is so whenever one asks"


def test_closures_close_what_they_touch_and_move_no_start(tx: Tx) -> None:
    studio = scene(tx, length=30, start_step=30, hours=NINE_TO_NOON)
    shut(tx, studio, MORNING + 0.75 * HOUR, MORNING + 1.25 * HOUR)
    assert look(tx, studio) == "1 c c 1 1 1"


def shut(tx: Tx, at: Scene, start: datetime, end: datetime) -> None:
    closed = text("INSERT INTO closures (id, resource_id, during) VALUES (gen_random_uuid(), :id, tstzrange(:a, :b))")
    tx.execute(closed, {"id": at.resource_id, "a": start, "b": end})


def test_the_price_is_the_one_of_now_whenever_the_slot_is(tx: Tx) -> None:
    made = factories.bookable(tx, amount=1000, price_unit="person", max_quantity=4, units=4)
    tx.execute(text("UPDATE prices SET valid = tstzrange(lower(valid), :at)"), {"at": MORNING})
    factories.price(tx, made.product.id, amount=5000, unit="person", starts_at=MORNING)
    asked = {"first": DAY, "last": DAY}
    before = reservations.slots(tx, made.product.id, **asked, now=NOW, quantity=2)
    after = reservations.slots(tx, made.product.id, **asked, now=MORNING, quantity=2)
    assert {slot.price for slot in before} == {Money(2000)}  # type: ignore[arg-type]  # an amount equal to a decimal
    assert {slot.price for slot in after} == {Money(10000)}  # type: ignore[arg-type]  # an amount equal to a decimal


@pytest.mark.parametrize(
    ("zone", "day", "slots"),
    [
        ("Europe/Lisbon", date(2026, 3, 29), 23),
        ("Europe/Lisbon", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/New_York", date(2026, 11, 2), 24),
    ],
)
def test_every_slot_of_a_day_when_clocks_change_can_be_held_once(tx: Tx, zone: str, day: date, slots: int) -> None:
    studio = scene(tx, time_zone=zone, start_step=60)
    asked = {"first": day, "last": day, "now": datetime(day.year, day.month, 1, tzinfo=UTC) - timedelta(days=2)}
    shown = reservations.slots(tx, studio.product_id, **asked)  # type: ignore[arg-type]  # dates and a moment
    assert len(shown) == slots
    assert {slot.start.astimezone(ZoneInfo(zone)).date() for slot in shown} == {day}
    for slot in shown:
        studio.hold(tx, starts_at=slot.start, ends_at=slot.end, now=asked["now"])
    again = reservations.slots(tx, studio.product_id, **asked)  # type: ignore[arg-type]  # dates and a moment
    assert {slot.state for slot in again} == {"full"}


def test_a_month_strip_shows_the_best_of_each_day(tx: Tx) -> None:
    hours = [(DAY.weekday(), 540, 720), ((DAY.weekday() + 1) % 7, 540, 600)]
    studio = scene(tx, start_step=60, hours=hours, horizon_days=7)
    studio.hold(tx)
    studio.hold(tx, hour=24)
    days = reservations.day_states(
        tx, studio.product_id, first=DAY - timedelta(days=1), last=DAY + timedelta(days=7), now=NOW
    )
    assert [(day.state, day.bookable) for day in days] == [("closed", 0), ("free", 2), ("full", 0)] + [
        ("closed", 0)
    ] * 6


def test_far_dates_and_strange_products_have_no_slots(tx: Tx) -> None:
    studio = scene(tx, horizon_days=7)
    shown = reservations.slots(tx, studio.product_id, first=date.min, last=date.max, now=NOW)
    assert len(shown) == 48 * (31 + 1 + 7)
    assert reservations.slots(tx, studio.product_id, first=DAY, last=DAY - timedelta(days=1), now=NOW) == []
    assert reservations.slots(tx, uuid4(), first=DAY, last=DAY, now=NOW) == []


def test_a_month_takes_as_many_queries_as_a_day(tx: Tx) -> None:
    studio = scene(tx)
    counts = []
    for days in (1, 31):
        tx.expire_all()
        with counted(tx) as statements:
            reservations.slots(tx, studio.product_id, first=DAY, last=DAY + timedelta(days=days - 1), now=NOW)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
