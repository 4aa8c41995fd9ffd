"""Slots are right in elapsed time and on the venue's clock, on every kind of day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.domains.reservations import sheet
from portal.domains.reservations.timetable import DAY, Span, days_touched, midnight, on_grid
from portal.domains.resources import Hours, opening_spans

HOUR = timedelta(hours=1)
LISBON, NEW_YORK, SEOUL = ZoneInfo("Europe/Lisbon"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Seoul")
DAYS = [
    # zone, day, hours of the day, the first starts of a venue that opens at midnight, on its own clock
    (LISBON, date(2026, 3, 28), 24, "00 01 02 03"),
    (LISBON, date(2026, 3, 29), 23, "00 02 03 04"),
    (LISBON, date(2026, 10, 25), 25, "00 01 01 02"),
    (NEW_YORK, date(2026, 3, 8), 23, "00 01 03 04"),
    (NEW_YORK, date(2026, 11, 1), 25, "00 01 01 02"),
    (SEOUL, date(2026, 3, 29), 24, "00 01 02 03"),
]


def at(hour: float, day: int = 1) -> datetime:
    return datetime(2026, 6, day, tzinfo=UTC) + hour * HOUR


def opened(zone: ZoneInfo, day: date, opens: int, closes: int, days: int = 1) -> list[Span]:
    hours = [Hours(weekday, opens, closes) for weekday in range(7)]
    return [Span(*span) for n in range(days) for span in opening_spans(hours, day + n * DAY, zone)]


def grid(
    opened: Sequence[Span], *, within: Span, step: timedelta, length: timedelta
) -> list[tuple[datetime, datetime]]:
    """Every possible start and end."""
    since, until = (int(moment.timestamp()) for moment in (within.start, within.end))
    starts = sheet.starts_of(sheet.stretches(opened), since, until, step // sheet.SECOND, length // sheet.SECOND)
    return [(start, start + length) for start in (datetime.fromtimestamp(second, UTC) for second in starts)]


def whole(day: date, zone: ZoneInfo) -> Span:
    return Span(midnight(day, zone), midnight(day + DAY, zone))


@pytest.mark.parametrize(("zone", "day", "hours", "clock"), DAYS, ids=str)
def test_a_day_has_as_many_slots_as_it_has_hours(zone: ZoneInfo, day: date, hours: int, clock: str) -> None:
    times = list(grid(opened(zone, day, 0, 1440), within=whole(day, zone), step=HOUR, length=HOUR))
    assert len(times) == hours
    assert {end - start for start, end in times} == {HOUR}
    assert [start.astimezone(zone).strftime("%H") for start, _ in times[:4]] == clock.split()


@pytest.mark.parametrize(("zone", "day", "hours", "clock"), DAYS, ids=str)
def test_a_venue_that_opens_at_nine_opens_at_nine(zone: ZoneInfo, day: date, hours: int, clock: str) -> None:
    times = list(grid(opened(zone, day, 540, 720), within=whole(day, zone), step=HOUR, length=HOUR))
    assert [start.astimezone(zone).strftime("%H:%M") for start, _ in times] == ["09:00", "10:00", "11:00"]


@pytest.mark.parametrize(
    ("length", "starts"),
    [(1, [9, 10, 11, 14, 15]), (2, [9, 10, 14]), (3, [9]), (4, [])],
)
def test_a_slot_ends_before_the_venue_closes_and_never_reaches_over_a_break(length: int, starts: list[int]) -> None:
    day = [Span(at(9), at(12)), Span(at(14), at(16))]
    times = grid(day, within=Span(at(0), at(24)), step=HOUR, length=length * HOUR)
    assert [start for start, _ in times] == [at(hour) for hour in starts]


def test_openings_without_a_gap_are_one_stretch_so_that_a_slot_may_run_over_midnight() -> None:
    spans = opened(SEOUL, date(2026, 6, 1), 0, 1440, days=2)
    times = list(grid(spans, within=whole(date(2026, 6, 1), SEOUL), step=HOUR, length=2 * HOUR))
    assert len(times) == 24
    assert times[-1][1] == midnight(date(2026, 6, 2), SEOUL) + HOUR


def test_a_night_belongs_to_the_date_on_which_its_slots_begin() -> None:
    night = opened(SEOUL, date(2026, 6, 1), 1380, 1560)  # 23:00 to 02:00
    on = {day: list(grid(night, within=whole(day, SEOUL), step=HOUR, length=HOUR)) for day in map(_june, (1, 2, 3))}
    assert [len(times) for times in on.values()] == [1, 2, 0]


def _june(day: int) -> date:
    return date(2026, 6, day)


@pytest.mark.parametrize(
    ("start", "closes"),
    [
        (9, [12]),
        (9.5, [12]),
        (9.25, []),  # between two starts
        (8.5, []),  # before the opening
        (12, []),  # the moment it closes
        (14.25, [16]),  # each opening counts from its own beginning
        (14.5, []),
    ],
)
def test_a_start_is_on_the_grid_or_not(start: float, closes: list[float]) -> None:
    day = [Span(at(9), at(12)), Span(at(13.75), at(16))]
    assert on_grid(day, at(start), HOUR / 2) == [at(hour) for hour in closes]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (at(14.9), at(15), [1]),  # Seoul's midnight is 15:00 UTC, and the end is not part of it
        (at(14), at(15.1), [1, 2]),
        (at(15), at(16), [2]),
        (at(10), at(40), [1, 2, 3]),
    ],
)
def test_a_time_touches_the_venues_days(start: datetime, end: datetime, days: list[int]) -> None:
    assert days_touched(start, end, SEOUL) == [_june(day) for day in days]
