"""What may be held, as tables: no database, one line for every case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.domains.reservations import rules
from portal.domains.reservations.terms import Calendar, Terms
from portal.domains.reservations.timetable import Span
from portal.kernel.ids import new_id

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 6, 1, 1, tzinfo=UTC)  # ten in the morning in Seoul
KAYAKS = Terms(
    product_id=new_id(),
    resource_id=new_id(),
    units=10,
    zone=ZoneInfo("Asia/Seoul"),
    min_length=HOUR,
    max_length=3 * HOUR,
    length_step=30 * MINUTE,
    start_step=30 * MINUTE,
    buffer_before=timedelta(0),
    buffer_after=10 * MINUTE,
    lead_time=90 * MINUTE,
    horizon_days=7,
    max_quantity=4,
)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (NOW - MINUTE, "already begun"),
        (NOW, "too short notice"),
        (NOW + 89 * MINUTE, "too short notice"),
        (NOW + 90 * MINUTE, None),
        (NOW + 7 * DAY, None),
        (datetime(2026, 6, 8, 14, 59, tzinfo=UTC), None),  # the last minute of the seventh day in Seoul
        (datetime(2026, 6, 8, 15, 0, tzinfo=UTC), "too far ahead"),
        (datetime.max.replace(tzinfo=UTC), "too far ahead"),
        (datetime.min.replace(tzinfo=UTC), "already begun"),
        (datetime.min.replace(tzinfo=ZoneInfo("Asia/Seoul")), "already begun"),
    ],
    ids=str,
)
def test_a_start_lies_between_the_lead_time_and_the_last_day_of_the_horizon(start: datetime, words: str | None) -> None:
    fault = said(rules.start_fault(KAYAKS, start, NOW))
    assert fault is None if words is None else words in str(fault)


@pytest.mark.parametrize(
    ("minutes", "free", "fixed"),
    [
        (-60, False, False),
        (0, False, False),
        (30, False, False),
        (60, True, True),
        (75, False, False),
        (90, True, False),
        (180, True, False),
        (210, False, False),
    ],
)
def test_a_length_is_one_of_the_offered_ones(minutes: int, free: bool, fixed: bool) -> None:
    massage = replace(KAYAKS, max_length=HOUR)
    assert (rules.length_fault(KAYAKS, minutes * MINUTE) is None) == free
    assert (rules.length_fault(massage, minutes * MINUTE) is None) == fixed


@pytest.mark.parametrize(
    ("quantity", "units", "allowed"),
    [(0, 10, False), (-1, 10, False), (1, 10, True), (4, 10, True), (5, 10, False), (3, 2, False)],
)
def test_a_quantity_is_at_least_one_and_never_more_than_there_are(quantity: int, units: int, allowed: bool) -> None:
    assert (rules.quantity_fault(replace(KAYAKS, units=units), quantity) is None) == allowed


def hour(count: float) -> datetime:
    return NOW + count * HOUR


CALENDAR = Calendar([Span(hour(0), hour(4)), Span(hour(6), hour(8))], [Span(hour(3), hour(3.5))])


@pytest.mark.parametrize(
    ("start", "end", "field", "words"),
    [
        (0, 1, None, None),
        (0.5, 3, None, None),  # ends when the closure begins
        (3.5, 4, None, None),  # begins when the closure ends
        (0.25, 1, "start", "Nothing begins"),
        (-1, 1, "start", "closed"),
        (4, 5, "start", "closed"),
        (2.5, 3.5, "start", "closed"),  # over a closure
        (6, 8, None, None),
        (7, 8.5, "end", "closes before"),
        (3.5, 6.5, "end", "closes before"),  # over a break
    ],
)
def test_a_time_is_inside_one_opening_and_outside_closures(
    start: float, end: float, field: str | None, words: str | None
) -> None:
    faults = rules.calendar_faults(KAYAKS, CALENDAR, hour(start), hour(end))
    assert list(faults) == ([field] if field else [])
    assert words is None or words in said(faults[str(field)])


@pytest.mark.parametrize(
    ("available", "units", "quantity", "state"),
    [
        (0, 1, 1, "full"),
        (1, 1, 1, "free"),  # the only room is not «few»
        (1, 2, 1, "few"),
        (2, 2, 1, "free"),
        (3, 12, 1, "few"),
        (4, 12, 1, "free"),
        (3, 12, 4, "full"),  # three are left, and four want to come
        (3, 12, 3, "few"),
    ],
)
def test_a_time_looks_free_few_or_full(available: int, units: int, quantity: int, state: str) -> None:
    assert rules.state_of(available, scarce=available <= rules.few_of(units), quantity=quantity) == state


def said(fault: rules.Fault | None) -> str | None:
    if fault is None or isinstance(fault, str):
        return fault
    return fault[0] % fault[1]
