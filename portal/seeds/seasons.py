"""Reads and writes hours that count on some days: «2027-07-01 to 2027-08-31: Mon-Fri 10:00-22:00», one a line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from portal.domains.resources import Hours
from portal.kernel.errors import N_
from portal.seeds.faults import Unreadable
from portal.seeds.week import read_week, write_week

NONE = "none"
LAST_YEAR = 2100  # beyond, sums of dates leave what a computer can count
LINE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s+to\s+(\d{4}-\d{2}-\d{2}))?\s*:\s*(.+)")
NO_SEASON = N_("«%(text)s» are no hours of some days; write them such as 2027-07-01 to 2027-08-31: Mon-Fri 10:00-22:00")


@dataclass(frozen=True, order=True)
class Season:
    """The week from day `first` to `last`, in place of the usual one."""

    first: date
    last: date
    week: tuple[Hours, ...]


def read_seasons(text: str) -> list[Season]:
    """The seasons in order, one a line; «none» says that there are none. Raises Unreadable."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [] if lines == [NONE] else sorted(map(_read, lines))


def _read(line: str) -> Season:
    found = LINE.fullmatch(line)
    first, last = (_day(found[1]), _day(found[2] or found[1])) if found else (None, None)
    if found is None or first is None or last is None:
        raise Unreadable(NO_SEASON, text=line[:40])
    return Season(first, last, tuple(read_week(found[3])))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year <= LAST_YEAR else None


def seasons_of(rows: Iterable[Any]) -> list[Season]:
    """The same of rows as the database has them."""
    spans = groupby(rows, key=lambda row: (row.first, row.last))
    return [Season(first, last, tuple(Hours(*row[3:]) for row in week)) for (first, last), week in spans]


def write_seasons(seasons: Iterable[Season]) -> str:
    """The same as `read_seasons` reads."""
    return "\n".join(f"{_days(one)}: {write_week(one.week)}" for one in sorted(seasons))


def _days(one: Season) -> str:
    return f"{one.first}" if one.first == one.last else f"{one.first} to {one.last}"
