"""Hours of some days: kept beside the usual week, seen by everybody who books, replaced and taken back."""

from datetime import date, timedelta
from typing import Any

import pytest

from portal.domains import reservations, resources
from portal.domains.resources import Hours
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.reports.next_free import next_free
from tests import factories
from tests.portal.domains.reservations.scene import HOUR, MORNING, NOW

DAY = MORNING.date()
AT_NINE = Hours(DAY.weekday(), 540, 600)


def starts(tx: Tx, made: factories.Bookable) -> list[object]:
    return [slot.start for slot in reservations.slots(tx, made.product.id, first=DAY, last=DAY, now=NOW)]


def test_a_day_that_the_week_says_is_closed_is_open(tx: Tx) -> None:
    made, account = factories.bookable(tx, hours=[]), factories.account(tx)
    wish: dict[str, Any] = {"account_id": account.id, "product_id": made.product.id, "starts_at": MORNING, "now": NOW}
    with pytest.raises(Invalid):
        reservations.hold(tx, **wish, minutes=15)
    resources.set_dated_hours(tx, made.resource.id, DAY, DAY, [AT_NINE], now=NOW)
    assert starts(tx, made) == [MORNING]
    assert next_free(tx, [made.product.id], now=NOW)[made.product.id].start == MORNING
    assert reservations.hold(tx, **wish, minutes=15).starts_at == MORNING


def test_the_same_days_again_replace_them_and_none_bring_the_week_back(tx: Tx) -> None:
    made = factories.bookable(tx, hours=[(DAY.weekday(), 600, 660)])
    assert starts(tx, made) == [MORNING + HOUR]
    resources.set_dated_hours(tx, made.resource.id, DAY, DAY, [AT_NINE], now=NOW)
    resources.set_dated_hours(tx, made.resource.id, DAY, DAY, [Hours(DAY.weekday(), 660, 720)], now=NOW)
    assert starts(tx, made) == [MORNING + 2 * HOUR]
    assert [hours.opens for hours in resources.hours_of(tx, made.resource.id)] == [600]
    assert [(first, last) for first, last, _ in resources.dated_hours_of(tx, made.resource.id)] == [(DAY, DAY)]
    resources.set_dated_hours(tx, made.resource.id, DAY, DAY, [], now=NOW)
    assert starts(tx, made) == [MORNING + HOUR]


def test_every_one_who_can_serve_has_days_of_their_own(tx: Tx) -> None:
    made, kim = factories.bookable(tx, hours=[]), factories.resource(tx, name="Kim", hours=[])
    factories.also(tx, made.product.id, [kim.id])
    resources.set_dated_hours(tx, kim.id, DAY, DAY, [AT_NINE], now=NOW)
    assert starts(tx, made) == [MORNING]


def test_the_week_is_replaced_and_the_days_stay(tx: Tx) -> None:
    made = factories.bookable(tx)
    resources.set_dated_hours(tx, made.resource.id, DAY, DAY, [AT_NINE], now=NOW)
    resources.set_hours(tx, made.resource.id, resources.get_resource(tx, made.resource.id).version, [])
    assert starts(tx, made) == [MORNING]


@pytest.mark.parametrize(
    ("first", "last", "rows", "field"),
    [
        (date(2027, 5, 2), date(2027, 5, 1), [AT_NINE], "last"),
        (date(2027, 5, 1), date(2027, 5, 1) + timedelta(days=800), [AT_NINE], "last"),
        (date(2027, 5, 1), date(2027, 5, 1), [AT_NINE, AT_NINE], "hours-1"),
        (date(2027, 5, 1), date(2027, 5, 1), [AT_NINE] * 51, "hours"),
    ],
)
def test_what_makes_no_sense_is_told(tx: Tx, first: date, last: date, rows: list[Hours], field: str) -> None:
    made = factories.resource(tx)
    with pytest.raises(Invalid) as refused:
        resources.set_dated_hours(tx, made.id, first, last, rows, now=NOW)
    assert field in refused.value.faults


def test_only_days_to_come_count_and_those_long_over_go(tx: Tx) -> None:
    room = factories.resource(tx)
    for n in range(60):
        day = DAY + timedelta(days=n)
        resources.set_dated_hours(tx, room.id, day, day, [Hours(day.weekday(), 540, 600)], now=NOW)
    far = DAY + timedelta(days=100)
    row = Hours(far.weekday(), 540, 600)
    with pytest.raises(Invalid, match="60"):
        resources.set_dated_hours(tx, room.id, far, far, [row], now=NOW)
    resources.set_dated_hours(tx, room.id, far, far, [row], now=NOW + timedelta(days=10))
    assert len(resources.dated_hours_of(tx, room.id)) == 61, "what was over lately is still known"
    resources.set_dated_hours(tx, room.id, far, far, [row], now=NOW + timedelta(days=200))
    assert len(resources.dated_hours_of(tx, room.id)) == 1
