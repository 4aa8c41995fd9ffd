"""The first free time in the list is the one the product's own page shows; for many products at once."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from portal.domains import reservations
from portal.kernel.db import Tx
from portal.reports.next_free import next_free
from tests import factories
from tests.support.statements import counted

NOW = datetime.now(UTC).replace(hour=1, minute=30, second=0, microsecond=0) + timedelta(days=1)
HOLD: dict[str, Any] = {"now": NOW, "minutes": 60 * 24 * 60}
BOOKABLE = {"free", "few"}


def first_by_its_own_page(tx: Tx, product_id: UUID, zone: ZoneInfo, days: int, **more: Any) -> datetime | None:
    today = NOW.astimezone(zone).date()
    found = reservations.slots(tx, product_id, first=today, last=today + timedelta(days=days), now=NOW, **more)
    return next((slot.start for slot in found if slot.state in BOOKABLE), None)


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_first_bookable_slot_of_the_products_page(tx: Tx, seed: int) -> None:
    dice = random.Random(seed)
    account = factories.account(tx)
    made = []
    for _ in range(5):
        opens = dice.randrange(0, 1200, 30)
        hours = [(day, opens, opens + dice.randrange(60, 900, 15)) for day in range(7) if dice.random() < 0.6]
        zone = dice.choice(["Asia/Seoul", "Europe/Lisbon", "America/New_York"])
        length, step = dice.choice([30, 45, 60, 90]), dice.choice([15, 30, 60])
        rules = {
            "buffer_before": dice.choice([0, 10]),
            "buffer_after": dice.choice([0, 15]),
            "lead_time": dice.choice([0, 90, 3000]),
            "horizon_days": dice.choice([2, 5, 30]),
            "start_step": step,
        }
        made.append(
            factories.bookable(tx, units=dice.choice([1, 2]), time_zone=zone, hours=hours, length=length, **rules)
        )
    for each in made:
        if dice.random() < 0.5:
            tx.execute(
                text(
                    "INSERT INTO closures (id, resource_id, during) VALUES (gen_random_uuid(), :id, tstzrange(:a, :b))"
                ),
                {"id": each.resource.id, "a": NOW, "b": NOW + timedelta(hours=dice.randrange(5, 90))},
            )
        zone = ZoneInfo(each.resource.time_zone)
        for _ in range(dice.randrange(0, 12)):
            start = first_by_its_own_page(tx, each.product.id, zone, 9)
            if start:
                reservations.hold(tx, account_id=account.id, product_id=each.product.id, starts_at=start, **HOLD)
    told = next_free(tx, [each.product.id for each in made], now=NOW, days=10)
    for each in made:
        expected = first_by_its_own_page(tx, each.product.id, ZoneInfo(each.resource.time_zone), 9)
        outlook = told[each.product.id]
        assert outlook.start == expected
        assert (outlook.state in BOOKABLE) == (expected is not None)


def test_what_has_times_but_none_free_is_full_and_what_has_none_is_closed(tx: Tx) -> None:
    tomorrow = (NOW + timedelta(days=1)).astimezone(ZoneInfo("Asia/Seoul")).date()
    one = factories.bookable(tx, hours=((tomorrow.weekday(), 600, 660),), horizon_days=5)
    never = factories.bookable(tx, hours=())
    account = factories.account(tx)
    start = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 10, tzinfo=ZoneInfo("Asia/Seoul"))
    reservations.hold(tx, account_id=account.id, product_id=one.product.id, starts_at=start, **HOLD)
    told = next_free(tx, [one.product.id, never.product.id], now=NOW)
    assert (told[one.product.id].state, told[one.product.id].start) == ("full", None)
    assert (told[never.product.id].state, told[never.product.id].start) == ("closed", None)


def test_a_hold_that_ran_out_is_free_again(tx: Tx) -> None:
    room = factories.bookable(tx)
    before = next_free(tx, [room.product.id], now=NOW)[room.product.id].start
    assert before is not None
    reservations.hold(tx, account_id=factories.account(tx).id, product_id=room.product.id, starts_at=before, **HOLD)
    assert next_free(tx, [room.product.id], now=NOW)[room.product.id].start != before
    tx.execute(text("UPDATE reservations SET expires_at = now() - interval '1 second'"))
    assert next_free(tx, [room.product.id], now=NOW)[room.product.id].start == before


def test_for_a_number_a_length_and_from_a_day_on(tx: Tx) -> None:
    boats = factories.bookable(tx, units=3, length=30, max_length=240, hours=tuple((day, 600, 900) for day in range(7)))
    since: date = (NOW + timedelta(days=4)).date()
    account = factories.account(tx)
    ten = datetime(since.year, since.month, since.day, 10, tzinfo=ZoneInfo("Asia/Seoul"))
    reservations.hold(
        tx,
        account_id=account.id,
        product_id=boats.product.id,
        starts_at=ten,
        ends_at=ten + timedelta(minutes=30),
        quantity=2,
        **HOLD,
    )
    ask: dict[str, Any] = {"now": NOW, "since": since}
    one = next_free(tx, [boats.product.id], **ask, length=timedelta(hours=2))
    two = next_free(tx, [boats.product.id], **ask, length=timedelta(hours=2), quantity=2)
    assert one[boats.product.id].start == ten
    assert two[boats.product.id].start == ten + timedelta(minutes=30)


def test_the_number_of_statements_does_not_grow_with_the_number_of_products(tx: Tx) -> None:
    many = [factories.bookable(tx).product.id for _ in range(12)] + [factories.bookable(tx, hours=()).product.id]
    with counted(tx) as few:
        next_free(tx, many[-1:], now=NOW)
    with counted(tx) as sent:
        next_free(tx, many, now=NOW)
    assert len(sent) == len(few) == 5
    assert sent.trips == few.trips == 3
    assert next_free(tx, [], now=NOW) == {}
