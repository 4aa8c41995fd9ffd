"""How money and time are written for people, one form for pages and mails: the reader's language, the place's time.

Pure: no request and no settings. A moment is told in the zone it is asked for (the venue's first, the reader's second).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

HOME = {"ko": {"Asia/Seoul", "ROK"}}
"""Zones a language takes for granted: Korean readers are not told that Seoul's time is Korean time."""

DAY = {"ko": "y년 M월 d일 (EEE)"}
CLOCK = {"ko": "aaaa h:mm"}
HALF = {"ko": "aaaa"}
BETWEEN = {"ko": " "}
FEW = 5


MINUS = "\N{MINUS SIGN}"
"""As wide as the plus, and read aloud as minus; a hyphen is neither."""


@lru_cache(maxsize=4096)  # Babel takes a fifth of a millisecond, and a list says the same few prices again and again
def money(amount: Decimal | int, currency: str, locale: str = "en") -> str:
    """₩30,000 · $12.50 · −₩2,500, with as many decimals as the currency has."""
    return format_currency(amount or 0, currency, locale=_locale(locale)).replace("-", MINUS)


@lru_cache(maxsize=4096)
def decimal(value: float | Decimal, locale: str = "en") -> str:
    """1,234.5, with as many decimals as there are, up to three."""
    return format_decimal(value, locale=_locale(locale))


def number(count: int) -> str:
    """12,345 · −1,000."""
    return f"{count:,}".replace("-", MINUS)


def change(count: int) -> str:
    """What came or went: +12,345 · −1,000."""
    return f"+{count:,}" if count > 0 else number(count)


def moment(when: datetime, zone: str | tzinfo, locale: str = "en") -> str:
    """Tue 1 Dec 2026, 10:00 (KST) · 2026년 12월 1일 (화) 오전 10:00. Raises ValueError for a time without a zone."""
    return _with_zone(_day_and_clock(when, zone, locale), when, zone, locale)


def span(start: datetime, end: datetime, zone: str | tzinfo, locale: str = "en") -> str:
    """Tue 1 Dec 2026, 10:00–11:00 (KST) · 2026년 12월 1일 (화) 오전 10:00–11:00; both days if they differ, and both
    names of the clock where it is put back or forward meanwhile: 01:30 (EDT)–01:30 (EST)."""
    same_day = _at(start, zone).date() == _at(end, zone).date()
    until = clock(end, zone, locale) if same_day else _day_and_clock(end, zone, locale)
    if zone_name(start, zone) != zone_name(end, zone):
        return f"{moment(start, zone, locale)}–{until} ({zone_name(end, zone)})"
    half = _half_of_day(end, zone, locale)
    if same_day and half and half == _half_of_day(start, zone, locale):
        until = until.removeprefix(half).lstrip()
    return _with_zone(f"{_day_and_clock(start, zone, locale)}–{until}", start, zone, locale)


def day(when: date, zone: str | tzinfo, locale: str = "en") -> str:
    """Tue 1 Dec 2026 · 2026년 12월 1일 (화): the day it is at the place. A plain date is that day everywhere."""
    there = _at(when, zone).date() if isinstance(when, datetime) else when
    return _day(there, locale)


def clock(when: datetime, zone: str | tzinfo, locale: str = "en") -> str:
    """10:00 · 오전 10:00: the time on the place's clock."""
    there = _at(when, zone)
    return _clock(there.hour, there.minute, locale)


def own_clock(when: datetime | time, locale: str = "en") -> str:
    """The same for a time that is on the place's clock already: what it says itself."""
    return _clock(when.hour, when.minute, locale)


def zone_name(when: datetime, zone: str | tzinfo) -> str:
    """KST, CET or, where a zone has no letters of its own, UTC+03 or UTC+05:45: what the place's clock is called."""
    moment = _at(when, zone)
    name = moment.tzname() or ""
    return name if name.isalpha() else f"UTC{moment.isoformat()[-6:].removesuffix(':00')}"


def _day_and_clock(when: datetime, zone: str | tzinfo, locale: str) -> str:
    between = BETWEEN.get(_locale(locale).language, ", ")
    return day(when, zone, locale) + between + clock(when, zone, locale)


def _half_of_day(when: datetime, zone: str | tzinfo, locale: str) -> str:
    spoken = _locale(locale)
    half = HALF.get(spoken.language)
    return format_time(_at(when, zone).time(), half, locale=spoken) if half else ""


def _with_zone(told: str, when: datetime, zone: str | tzinfo, locale: str) -> str:
    taken_for_granted = str(zone) in HOME.get(_locale(locale).language, ())
    return told if taken_for_granted else f"{told} ({zone_name(when, zone)})"


def _at(when: datetime, zone: str | tzinfo) -> datetime:
    # A naive time would be taken for this machine's own: an hour nobody meant, on a ticket.
    if when.tzinfo is None:
        raise ValueError(f"{when} does not say in which zone it is")
    return when.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


@dataclass(frozen=True)
class Days:
    """Days inside a message. Who knows the reader tells them in their language; in English where nobody is known."""

    days: Sequence[date]

    def __str__(self) -> str:
        return self.told("en")

    def told(self, locale: str) -> str:
        """Tue 1 Dec 2026, Thu 3 Dec 2026: the first few of them."""
        few = [day(one, UTC, locale) for one in self.days[:FEW]]
        return ", ".join([*few, "…"] if len(self.days) > FEW else few)


@lru_cache(maxsize=4096)
def _day(day: date, locale: str) -> str:
    spoken = _locale(locale)
    return format_date(day, DAY.get(spoken.language, "EEE d MMM y"), locale=spoken)


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, locale: str) -> str:
    spoken = _locale(locale)
    return format_time(time(hour, minute), CLOCK.get(spoken.language, "HH:mm"), locale=spoken)


@dataclass(frozen=True)
class When:
    """A moment inside a message, on the clock of a place; told like Days."""

    moment: datetime
    zone: str

    def __str__(self) -> str:
        return self.told("en")

    def told(self, locale: str) -> str:
        """Tue 1 Dec 2026, 10:00 (KST)."""
        return moment(self.moment, self.zone, locale)


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    return Locale.parse(name.replace("-", "_"))
