"""On which days something comes again, against a walk through every day."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domains.resources.recurrences import EVERY, NTH, days_of

DAY = timedelta(days=1)
MONDAY, SUNDAY = {0}, {6}


@pytest.mark.parametrize(
    ("every", "weekdays", "told"),
    [
        ("first", MONDAY, ["12-07", "01-04", "02-01"]),
        ("last", SUNDAY, ["12-27", "01-31", "02-28"]),
        ("week", SUNDAY, ["12-06", "12-13", "12-20"]),
        ("fortnight", SUNDAY, ["12-06", "12-20", "01-03"]),
        ("week", {5, 6}, ["12-05", "12-06", "12-12"]),
    ],
)
def test_days_come_again_as_people_say_it(every: str, weekdays: set[int], told: list[str]) -> None:
    found = days_of(every, weekdays, date(2026, 12, 1), date(2027, 2, 28))
    assert [f"{day:%m-%d}" for day in found[:3]] == told


@given(
    st.sampled_from(EVERY),
    st.sets(st.integers(0, 6), min_size=1),
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.integers(0, 200),
)
def test_the_days_are_those_of_a_walk(every: str, weekdays: set[int], first: date, length: int) -> None:
    last = first + length * DAY
    walked = [first + n * DAY for n in range(length + 1)]
    wanted = [day for day in walked if day.weekday() in weekdays and comes(every, day, first)]
    assert days_of(every, weekdays, first, last) == wanted


def comes(every: str, day: date, first: date) -> bool:
    if every == "week":
        return True
    if every == "fortnight":
        monday, begun = (one - one.weekday() * DAY for one in (day, first))
        return (monday - begun).days % 14 == 0
    if every == "last":
        return day.day + 7 > monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1 == NTH[every]
