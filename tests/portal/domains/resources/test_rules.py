"""When a place is open, on the clocks of its own zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domains.resources.rules import Hours, check_hours, from_wall, instant, opening_spans, possible_starts
from portal.kernel.fields import Faults

SEOUL, NEW_YORK, LISBON = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York"), ZoneInfo("Europe/Lisbon")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its clocks change by half an hour


@dataclass(frozen=True)
class Rhythm:
    min_length: int
    start_step: int


def hour(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "opens", "closes", "spans"),
    [
        (SEOUL, "2026-12-01", "09:00", "22:00", [("2026-12-01 00:00", "2026-12-01 13:00")]),
        (SEOUL, "2026-12-01", "18:00", "26:00", [("2026-12-01 09:00", "2026-12-01 17:00")]),
        # New York springs from 02:00 to 03:00 on 8 March, falls from 02:00 to 01:00 on 1 November.
        (NEW_YORK, "2026-03-08", "00:00", "24:00", [("2026-03-08 05:00", "2026-03-09 04:00")]),
        (NEW_YORK, "2026-11-01", "00:00", "24:00", [("2026-11-01 04:00", "2026-11-02 05:00")]),
        (NEW_YORK, "2026-03-08", "02:30", "06:00", [("2026-03-08 07:00", "2026-03-08 10:00")]),
        (NEW_YORK, "2026-03-08", "01:00", "02:30", [("2026-03-08 06:00", "2026-03-08 07:00")]),
        (NEW_YORK, "2026-03-08", "02:00", "03:00", []),
        (NEW_YORK, "2026-03-07", "22:00", "26:30", [("2026-03-08 03:00", "2026-03-08 07:00")]),
        (NEW_YORK, "2026-11-01", "01:00", "02:00", [("2026-11-01 05:00", "2026-11-01 07:00")]),
        (NEW_YORK, "2026-11-01", "01:30", "02:30", [("2026-11-01 05:30", "2026-11-01 07:30")]),
        (NEW_YORK, "2026-11-01", "00:30", "01:30", [("2026-11-01 04:30", "2026-11-01 05:30")]),
        (NEW_YORK, "2026-10-31", "20:00", "27:00", [("2026-11-01 00:00", "2026-11-01 08:00")]),
        (LISBON, "2026-03-29", "00:30", "03:00", [("2026-03-29 00:30", "2026-03-29 02:00")]),
        (LISBON, "2026-10-25", "00:30", "03:00", [("2026-10-24 23:30", "2026-10-25 03:00")]),
        (LORD_HOWE, "2026-10-04", "02:15", "04:00", [("2026-10-03 15:30", "2026-10-03 17:00")]),
    ],
)
def test_openings_follow_the_clock_of_the_place(
    zone: ZoneInfo, day: str, opens: str, closes: str, spans: list[tuple[str, str]]
) -> None:
    there = date.fromisoformat(day)
    hours = [Hours(there.weekday(), hour(opens), hour(closes)), Hours((there.weekday() + 1) % 7, 0, 60)]
    assert opening_spans(hours, there, zone) == [(utc(start), utc(end)) for start, end in spans]


def test_a_day_may_have_several_openings_or_none() -> None:
    hours = [Hours(1, 840, 900), Hours(1, 540, 720)]
    tuesday = date(2026, 12, 1)
    assert [(end - start).seconds // 60 for start, end in opening_spans(hours, tuesday, SEOUL)] == [180, 60]
    assert opening_spans(hours, tuesday + timedelta(days=1), SEOUL) == []


@given(
    zone=st.sampled_from([SEOUL, NEW_YORK, LISBON, LORD_HOWE]),
    minutes=st.integers(0, 60 * 24 * 365),
)
@settings(max_examples=300, deadline=None)
def test_a_time_on_the_wall_is_the_first_moment_the_clock_reaches_it(zone: ZoneInfo, minutes: int) -> None:
    shown = datetime(2026, 1, 1) + timedelta(minutes=minutes)  # noqa: DTZ001  # a clock on a wall has no zone
    moment = from_wall(shown, zone)
    reading = moment.astimezone(zone).replace(tzinfo=None)
    just_before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    assert reading >= shown > just_before


@pytest.mark.parametrize(
    ("length", "step", "minutes", "starts"),
    [
        (60, 30, 120, [0, 30, 60]),
        (60, 60, 120, [0, 60]),
        (60, 30, 119, [0, 30]),
        (60, 30, 60, [0]),
        (60, 30, 59, []),
        (90, 120, 90, [0]),
        (30, 45, 120, [0, 45, 90]),
    ],
)
def test_starts_are_counted_from_the_opening_while_the_shortest_booking_fits(
    length: int, step: int, minutes: int, starts: list[int]
) -> None:
    opens = utc("2026-12-01 00:00")
    found = possible_starts(Rhythm(length, step), (opens, opens + timedelta(minutes=minutes)))
    assert found == [opens + timedelta(minutes=start) for start in starts]


@pytest.mark.parametrize(
    ("rows", "faulty"),
    [
        ([(0, 540, 1320), (5, 600, 1080)], []),
        ([(day, 0, 1440) for day in range(7)], []),
        ([(4, 1080, 1560), (5, 120, 600)], []),
        ([], []),
        ([(7, 0, 60), (-1, 0, 60)], ["hours-0", "hours-1"]),
        ([(0, -1, 60), (0, 1440, 1500)], ["hours-0", "hours-1"]),
        ([(0, 600, 600), (1, 600, 540)], ["hours-0", "hours-1"]),
        ([(0, 60, 1501)], ["hours-0"]),
        ([(0, 600, 720), (0, 540, 601)], ["hours-0"]),
        ([(4, 1080, 1560), (5, 119, 600)], ["hours-1"]),
        ([(6, 1080, 1560), (0, 60, 600)], ["hours-1"]),
    ],
)
def test_a_week_is_checked_row_by_row(rows: list[tuple[int, int, int]], faulty: list[str]) -> None:
    faults = Faults()
    week = check_hours(faults, [Hours(*row) for row in rows])
    assert sorted(faults.found) == faulty
    if not faulty:
        assert week == sorted(Hours(*row) for row in rows)


USUAL = [Hours(weekday, 540, 1080) for weekday in range(5)]
SUMMER = [Hours(weekday, 420, 1200, date(2026, 7, 1), date(2026, 9, 1)) for weekday in range(6)]
ONE_SUNDAY = [Hours(6, 600, 720, date(2026, 7, 5), date(2026, 7, 6))]


@pytest.mark.parametrize(
    ("day", "open_from"),
    [
        (date(2026, 6, 30), 540),  # a Tuesday before the season
        (date(2026, 7, 1), 420),  # its first day
        (date(2026, 8, 31), 420),  # its last
        (date(2026, 9, 1), 540),
        (date(2026, 6, 27), None),  # a Saturday is closed in the usual week
        (date(2026, 7, 4), 420),  # and open in the season
        (date(2026, 7, 5), 600),  # a day of its own goes before the season
        (date(2026, 7, 12), None),  # a Sunday the season does not speak of
    ],
)
def test_a_day_of_its_own_goes_before_a_season_and_a_season_before_the_week(day: date, open_from: int | None) -> None:
    zone = ZoneInfo("Asia/Seoul")
    found = opening_spans([*USUAL, *SUMMER, *ONE_SUNDAY], day, zone)
    assert [start for start, _ in found] == ([] if open_from is None else [instant(day, open_from, zone)])
