"""What a product costs at which times, against a reference that walks every rate and every window of it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domains.catalog import ALL_DAY, EVERY_DAY, Rate, Tag, amounts, price_for
from portal.domains.catalog.rates import bits_of, stored_rates, weekdays_of

WEEKEND = frozenset({5, 6})
SEOUL = ZoneInfo("Asia/Seoul")
PRICE = Decimal(30_000)
DAY = timedelta(days=1)


def costs(starts: datetime, *rates: Rate) -> int:
    return int(price_for(Tag(PRICE, "KRW", "booking", rates), starts).amount)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SEOUL)


def test_weekends_evenings_and_summers_cost_something_else() -> None:
    summer = Rate(first=date(2020, 7, 1), last=date(2020, 8, 31), yearly=True, amount=Decimal(50_000))
    evening, weekend = Rate(since=18 * 60, amount=Decimal(40_000)), Rate(WEEKEND, percent=20)

    def told(starts: datetime) -> int:
        return costs(starts, summer, evening, weekend)

    assert told(at(12, 1, 10)) == 30_000, "a Tuesday morning"
    assert told(at(12, 1, 17, 59)) == 30_000
    assert told(at(12, 1, 18)) == 40_000
    assert told(at(12, 5, 10)) == 36_000, "a Saturday"
    assert told(at(12, 5, 20)) == 40_000, "the evening counts first"
    assert [told(at(*day, 20)) for day in ((6, 30), (7, 1), (8, 31), (9, 1))] == [40_000, 50_000, 50_000, 40_000]


def test_a_night_belongs_to_the_evening_it_began_in() -> None:
    friday = Rate(frozenset({4}), since=22 * 60, until=ALL_DAY + 120, percent=50)
    told = [costs(at(12, *when), friday) for when in ((4, 21), (4, 22), (5, 1), (5, 2), (5, 22), (4, 1))]
    assert told == [30_000, 45_000, 45_000, 30_000, 30_000, 30_000]


def test_a_winter_runs_over_new_year() -> None:
    winter = Rate(first=date(2026, 12, 20), last=date(2027, 1, 10), yearly=True, percent=-10)
    dated = Rate(first=date(2026, 12, 20), last=date(2027, 1, 10), percent=-10)
    days = [(12, 19), (12, 20), (12, 31), (1, 1), (1, 10), (1, 11)]
    assert [costs(at(*day, 9), winter) for day in days] == [30_000, 27_000, 27_000, 27_000, 27_000, 30_000]
    assert [costs(at(*day, 9), dated) for day in days][3:] == [30_000] * 3, "2026 has no such January"


def test_percent_are_rounded_to_what_the_currency_has() -> None:
    assert price_for(Tag(Decimal("12.35"), "EUR", "person", [Rate(percent=15)]), at(12, 1, 9)).amount == Decimal(
        "14.20"
    )
    assert price_for(Tag(Decimal(999), "KRW", "person", [Rate(percent=-50)]), at(12, 1, 9)).amount == Decimal(500)


def test_what_has_no_start_costs_the_price_itself() -> None:
    tag = Tag(PRICE, "KRW", "piece", [Rate(percent=20)])
    assert price_for(tag, None) is tag


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        ([], [30_000]),
        ([Rate(WEEKEND, percent=20)], [36_000, 30_000]),
        ([Rate(percent=-10), Rate(WEEKEND, percent=20)], [27_000]),
        ([Rate(first=date(2026, 7, 1), last=date(2026, 7, 31), amount=Decimal(1))], [30_000]),
        ([Rate(first=date(2026, 7, 1), last=date(2026, 7, 31), yearly=True, amount=Decimal(1))], [1, 30_000]),
        ([Rate(first=date(2026, 12, 1), last=date(2026, 12, 1), amount=Decimal(1))], [1, 30_000]),
    ],
)
def test_what_may_still_be_asked_is_told_for_the_list(rates: list[Rate], told: list[int]) -> None:
    assert [int(one) for one in amounts(Tag(PRICE, "KRW", "booking", rates), date(2026, 12, 1))] == told


def test_what_is_stored_comes_back() -> None:
    assert weekdays_of(bits_of(WEEKEND)) == WEEKEND
    row = [Decimal(96), Decimal(60), Decimal(1500), Decimal(0), Decimal(366), Decimal(1), None, Decimal(5)]
    wanted = Rate(WEEKEND, 60, 1500, date(2000, 1, 1), date(2001, 1, 1), True, None, Decimal(5))
    assert stored_rates([row]) == (wanted,)


# The reference: all windows of a rate about the start, as the clock shows them, and whether the start is in one.


def slow(starts: datetime, rates: list[Rate]) -> Decimal:
    shown = starts.replace(tzinfo=None)
    for rate in rates:
        for day in days_of(rate, shown.date()):
            midnight = datetime.combine(day, datetime.min.time())
            if midnight + rate.since * timedelta(minutes=1) <= shown < midnight + rate.until * timedelta(minutes=1):
                return rate.amount if rate.amount is not None else round(PRICE * (100 + (rate.percent or 0)) / 100)
    return PRICE


def days_of(rate: Rate, about: date) -> Iterator[date]:
    """The days near this one on which the rate counts."""
    for day in (about - DAY, about, about + DAY):
        if day.weekday() in rate.weekdays and (rate.first is None or day in season(rate, day.year)):
            yield day


def season(rate: Rate, year: int) -> set[date]:
    """Every day of the season that touches this year, walked one by one."""
    assert rate.first
    assert rate.last
    if not rate.yearly:
        return {rate.first + n * DAY for n in range((rate.last - rate.first).days + 1)}
    over = (rate.first.month, rate.first.day) > (rate.last.month, rate.last.day)
    found = set()
    for begun in (year - 1, year):
        day, last = (
            in_year(rate.first, begun, date(begun, 3, 1)),
            in_year(rate.last, begun + over, date(begun + over, 2, 28)),
        )
        while day <= last:
            found.add(day)
            day += DAY
    return found


def in_year(day: date, year: int, otherwise: date) -> date:
    """The same day of that year; 29 February is another one where there is none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return otherwise


CHANGES = [
    ("Asia/Seoul", datetime(2026, 12, 31, 15, tzinfo=UTC)),
    ("Europe/Lisbon", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Lisbon", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),
]
days = st.dates(date(2026, 1, 1), date(2027, 3, 1)) | st.sampled_from([date(2026, 10, 25), date(2024, 2, 29)])


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    since = draw(st.integers(0, ALL_DAY - 1) | st.just(0))
    until = since + draw(st.integers(1, ALL_DAY) | st.just(ALL_DAY))
    first, last = draw(days), draw(days)
    yearly, seasonal = draw(st.booleans()), draw(st.booleans())
    if not yearly:
        first, last = min(first, last), max(first, last)
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1) | st.just(EVERY_DAY))
    percent, amount = draw(st.integers(-100, 300).filter(bool)), draw(st.none() | st.integers(0, 90_000).map(Decimal))
    spell = (first, last, yearly) if seasonal else (None, None, False)
    return Rate(weekdays, since, until, *spell, None if amount is not None else percent, amount)


@given(st.lists(rates(), max_size=5), st.sampled_from(CHANGES), st.integers(-5000, 5000))
def test_the_price_is_that_of_the_slow_reference(found: list[Rate], change: tuple[str, datetime], minutes: int) -> None:
    zone, about = change
    starts = (about + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    assert price_for(Tag(PRICE, "KRW", "booking", found), starts).amount == slow(starts, found)
