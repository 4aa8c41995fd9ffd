"""Seven days from today on, in the venue's time, with the reader's own second; pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.domains.reservations import Slot
from portal.kernel.money import Money
from portal.web.customer import week

SEOUL, LISBON, TOKYO = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Lisbon"), ZoneInfo("Asia/Tokyo")
TODAY = date(2026, 12, 1)


def slot(start: datetime, state: str = "free") -> Slot:
    return Slot(start, start + timedelta(hours=1), 2, 3, Money(1), state)


@pytest.mark.parametrize(
    ("asked", "horizon", "first"),
    [
        (None, 90, TODAY),
        (TODAY - timedelta(days=400), 90, TODAY),
        (TODAY + timedelta(days=10), 90, TODAY + timedelta(days=10)),
        (TODAY + timedelta(days=400), 90, TODAY + timedelta(days=84)),
        (TODAY + timedelta(days=3), 3, TODAY),
    ],
)
def test_the_first_day_is_one_from_which_something_can_be_booked(asked: date, horizon: int, first: date) -> None:
    assert week.clamped(asked, today=TODAY, horizon=horizon) == first


def test_slots_stand_under_the_venues_day() -> None:
    late = slot(datetime(2026, 12, 1, 16, tzinfo=UTC))  # one in the night of the 2nd in Seoul
    days = week.days_of([late], TODAY, SEOUL)
    assert [len(day["slots"]) for day in days] == [0, 1, 0, 0, 0, 0, 0]
    assert days[1]["slots"][0]["start"].isoformat() == "2026-12-02T01:00:00+09:00"


@pytest.mark.parametrize(("home", "shown"), [(LISBON, "09:00"), (SEOUL, None), (TOKYO, None), (None, None)])
def test_the_readers_time_is_told_where_it_differs(home: ZoneInfo | None, shown: str | None) -> None:
    found = week.days_of([slot(datetime(2026, 12, 1, 9, tzinfo=UTC))], TODAY, SEOUL, home=home)[0]["slots"][0]["home"]
    assert (f"{found:%H:%M}" if found else None) == shown


def test_what_the_reader_holds_is_theirs() -> None:
    start = datetime(2026, 12, 1, 9, tzinfo=UTC)
    days = week.days_of([slot(start, "full"), slot(start + timedelta(hours=1))], TODAY, SEOUL, yours={start})
    assert [found["state"] for found in days[0]["slots"]] == ["yours", "free"]


def test_any_free() -> None:
    start = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert week.any_free([slot(start, "full"), slot(start, "few")])
    assert not week.any_free([slot(start, "full"), slot(start, "closed"), slot(start, "past")])


def test_of_an_hour_that_comes_twice_both_are_there_and_told_apart() -> None:
    night = datetime(2026, 10, 25, 0, tzinfo=UTC)  # one o'clock in Lisbon, which shows it again an hour later
    slots = [slot(night + n * timedelta(hours=1)) for n in range(-1, 3)]
    found = week.days_of(slots, date(2026, 10, 25), LISBON)[0]["slots"]
    assert [(one["start"].isoformat()[11:], one["which"]) for one in found] == [
        ("00:00:00+01:00", ""),
        ("01:00:00+01:00", "WEST"),
        ("01:00:00+00:00", "WET"),
        ("02:00:00+00:00", ""),
    ]
