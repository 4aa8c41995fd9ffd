"""Money and time read the same on pages and in mails."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from portal.kernel import words

FIRST = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "told"),
    [
        (Decimal("30000.00"), "KRW", "en", "₩30,000"),
        (Decimal("30000.00"), "KRW", "ko", "₩30,000"),
        (0, "KRW", "ko-KR", "₩0"),
        (Decimal("1234.5"), "USD", "en", "$1,234.50"),
        (Decimal("-2500"), "KRW", "en", "−₩2,500"),
        (Decimal("-2500"), "KRW", "ko", "−₩2,500"),
        (Decimal("-12.5"), "USD", "en", "−$12.50"),
        (Decimal("-0.0"), "KRW", "en", "₩0"),
    ],
)
def test_money_has_the_decimals_of_its_currency(amount: Decimal, currency: str, locale: str, told: str) -> None:
    assert words.money(amount, currency, locale) == told


@pytest.mark.parametrize(
    ("number", "written", "as_change"),
    [(12345, "12,345", "+12,345"), (-1000, "−1,000", "−1,000"), (0, "0", "0")],
)
def test_a_count_below_zero_has_the_same_sign_as_money(number: int, written: str, as_change: str) -> None:
    assert (words.number(number), words.change(number)) == (written, as_change)


@pytest.mark.parametrize(
    ("when", "zone", "locale", "told"),
    [
        (FIRST, "Asia/Seoul", "en", "Tue 1 Dec 2026, 10:00 (KST)"),
        (FIRST, "Asia/Seoul", "ko", "2026년 12월 1일 (화) 오전 10:00"),
        (FIRST, ZoneInfo("Asia/Seoul"), "ko_KR", "2026년 12월 1일 (화) 오전 10:00"),
        (FIRST, "Europe/Berlin", "ko", "2026년 12월 1일 (화) 오전 2:00 (CET)"),
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "Europe/Berlin", "en", "Wed 1 Jul 2026, 14:00 (CEST)"),
        (FIRST, "America/Sao_Paulo", "en", "Mon 30 Nov 2026, 22:00 (UTC-03)"),
        (FIRST, UTC, "en", "Tue 1 Dec 2026, 01:00 (UTC)"),
    ],
)
def test_a_moment_is_told_in_the_time_of_its_place(when: datetime, zone: str, locale: str, told: str) -> None:
    assert words.moment(when, zone, locale) == told


@pytest.mark.parametrize(
    ("start", "end", "zone", "locale", "told"),
    [
        (1, 2, "Asia/Seoul", "en", "Tue 1 Dec 2026, 10:00–11:00 (KST)"),
        (1, 2, "Asia/Seoul", "ko", "2026년 12월 1일 (화) 오전 10:00–11:00"),
        (1, 4, "Asia/Seoul", "ko", "2026년 12월 1일 (화) 오전 10:00–오후 1:00"),
        (1, 2, "Europe/Berlin", "ko", "2026년 12월 1일 (화) 오전 2:00–3:00 (CET)"),
        (14, 16, "Asia/Seoul", "en", "Tue 1 Dec 2026, 23:00–Wed 2 Dec 2026, 01:00 (KST)"),
    ],
)
def test_a_span_says_each_thing_once(start: int, end: int, zone: str, locale: str, told: str) -> None:
    hours = [datetime(2026, 12, 1, hour, tzinfo=UTC) for hour in (start, end)]
    assert words.span(*hours, zone, locale) == told


def test_a_span_over_a_change_of_the_clock_names_both() -> None:
    back = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # the first half past one of that night in New York
    told = words.span(back, back + timedelta(hours=1), "America/New_York")
    assert told == "Sun 1 Nov 2026, 01:30 (EDT)–01:30 (EST)"
    over_midnight = words.span(back - timedelta(hours=2), back + timedelta(hours=1), "America/New_York")
    assert over_midnight == "Sat 31 Oct 2026, 23:30 (EDT)–Sun 1 Nov 2026, 01:30 (EST)"


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Asia/Seoul", "KST"),
        ("Pacific/Apia", "UTC+13"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("Australia/Lord_Howe", "UTC+11"),
        ("Pacific/Marquesas", "UTC-09:30"),
    ],
)
def test_a_clock_without_letters_of_its_own_is_called_by_its_distance(zone: str, told: str) -> None:
    assert words.zone_name(datetime(2026, 12, 1, tzinfo=UTC), zone) == told


def test_a_day_is_the_day_it_is_there() -> None:
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert words.day(late, "Asia/Seoul") == "Tue 1 Dec 2026"
    assert words.day(late, "UTC") == "Mon 30 Nov 2026"
    assert words.day(date(2026, 12, 1), "America/New_York", "ko") == "2026년 12월 1일 (화)"


def test_a_clock_has_two_digits_in_english_and_halves_of_the_day_in_korean() -> None:
    assert words.clock(datetime(2026, 12, 1, 0, 5, tzinfo=UTC), "UTC") == "00:05"
    assert words.clock(datetime(2026, 12, 1, 15, 5, tzinfo=UTC), "UTC", "ko") == "오후 3:05"


def test_a_time_without_a_zone_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="in which zone"):
        words.moment(datetime(2026, 12, 1, 10, 0), "Asia/Seoul")  # noqa: DTZ001  # the mistake under test


def test_days_inside_a_message_are_a_few() -> None:
    days = words.Days([date(2026, 12, number) for number in range(1, 8)])
    assert str(words.Days(days.days[:2])) == "Tue 1 Dec 2026, Wed 2 Dec 2026"
    assert str(days).endswith("Sat 5 Dec 2026, …")
    assert words.Days(days.days[:1]).told("ko") == "2026년 12월 1일 (화)"
