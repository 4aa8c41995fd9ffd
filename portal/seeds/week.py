"""Reads opening hours as people write them: «Mon-Fri 09:00-22:00; Sat 10:00-14:00, 15:00-18:00»."""

import re

from portal.domains.resources import Hours

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
        raise ValueError(f"«{text}» is not a day of the week; write hours like {EXAMPLE}")
    return DAYS.index(short)


def _read_times(text: str) -> tuple[int, int]:
    found = TIMES.fullmatch(text)
    if found is None:
        raise ValueError(f"«{text}» is not a time from and to; write hours like {EXAMPLE}")
    hours, minutes, to_hours, to_minutes = (int(number) for number in found.groups())
    opens, closes = hours * 60 + minutes, to_hours * 60 + to_minutes
    if hours > 23 or minutes > 59 or to_minutes > 59 or closes > 1440:
        raise ValueError(f"«{text}» is not on the clock, which runs from 00:00 to 24:00")
    return opens, closes if closes > opens else closes + 1440
