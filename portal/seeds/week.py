"""Reads and writes opening hours as people do: «Mon-Fri 09:00-22:00; Sat 10:00-14:00, 15:00-18:00»."""

import re
from collections.abc import Iterable

from portal.domains.resources import Hours
from portal.kernel.errors import N_
from portal.seeds.faults import Unreadable

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KOREAN = "월화수목금토일"
EVERY_DAY = {"daily", "매일"}
TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-–~]\s*(\d{1,2}):(\d{2})")
EXAMPLE = "Mon-Fri 09:00-22:00; Sat 10:00-18:00"


def read_week(text: str) -> list[Hours]:
    """The openings in order. Closing before opening means after midnight. Raises ValueError, saying what would do."""
    return sorted(hours for part in text.split(";") if part.strip() for hours in _read_part(part.strip()))


def _read_part(part: str) -> list[Hours]:
    days, _, times = part.partition(" ")
    spans = [_read_times(span.strip()) for span in times.split(",")]
    return [Hours(day, opens, closes) for day in _read_days(days) for opens, closes in spans]


def _read_days(text: str) -> list[int]:
    if text.lower() in EVERY_DAY:
        return list(range(7))
    found: list[int] = []
    for item in text.split(","):
        first, dash, last = item.partition("-")
        start = _read_day(first)
        found += [(start + n) % 7 for n in range((_read_day(last) - start) % 7 + 1)] if dash else [start]
    return found


def _read_day(text: str) -> int:
    if len(text) == 1 and text in KOREAN:
        return KOREAN.index(text)
    short = text[:3].lower()
    if short not in DAYS or not text.isalpha():
        raise Unreadable(
            N_("«%(text)s» is not a day of the week; write hours like %(example)s"), text=text, example=EXAMPLE
        )
    return DAYS.index(short)


def _read_times(text: str) -> tuple[int, int]:
    found = TIMES.fullmatch(text)
    if found is None:
        raise Unreadable(
            N_("«%(text)s» is not a time from and to; write hours like %(example)s"), text=text, example=EXAMPLE
        )
    hours, minutes, to_hours, to_minutes = (int(number) for number in found.groups())
    opens, closes = hours * 60 + minutes, to_hours * 60 + to_minutes
    if hours > 23 or minutes > 59 or to_minutes > 59 or closes > 1440:
        raise Unreadable(N_("«%(text)s» is not on the clock, which runs from 00:00 to 24:00"), text=text)
    return opens, closes if closes > opens else closes + 1440


def write_week(week: Iterable[Hours]) -> str:
    """The same as `read_week` reads: days that are alike together, in their order."""
    by_day: dict[int, list[str]] = {}
    for row in sorted(week):
        by_day.setdefault(row.weekday, []).append(f"{_clock(row.opens)}-{_clock(row.closes)}")
    alike: dict[str, list[int]] = {}
    for day, times in by_day.items():
        alike.setdefault(", ".join(times), []).append(day)
    return "; ".join(f"{_days(days)} {times}" for times, days in alike.items())


def _days(days: list[int]) -> str:
    if len(days) == 7:
        return "daily"
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [[DAYS[day].title() for day in run] for run in runs]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else run[0] for run in names)


def _clock(minute: int) -> str:
    """Past midnight the clock begins anew; only a closing that is midnight itself is 24:00."""
    shown = minute if minute <= 1440 else minute - 1440
    return f"{shown // 60:02}:{shown % 60:02}"
