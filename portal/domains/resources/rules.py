"""When a place is open, on the clocks of its own zone; pure, and right on the days when clocks change.

A time the clock skips counts as the moment it jumps; a time it shows twice counts as the first. So a day of 23 or 25
hours is open an hour less or more if it is open through the change; an opening wholly inside a skipped hour is none.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from portal.kernel.errors import N_
from portal.kernel.fields import Faults

DAY = 24 * 60
EPOCH = date(2000, 1, 1)
MINUTE = timedelta(minutes=1)

Span = tuple[datetime, datetime]
"""From one instant up to, not including, another; UTC."""


class Hours(NamedTuple):
    """Open on this weekday (0 is Monday) from minute `opens` of the day to minute `closes`; 1500 is 1 in the night.

    With `since` and `until` (not included), on these days only, in place of the usual week.
    """

    weekday: int
    opens: int
    closes: int
    since: date | None = None
    until: date | None = None


class Rhythm(Protocol):
    """What possible starts need of an offering, in minutes."""

    min_length: int
    start_step: int


def opening_spans(hours: Iterable[Hours], day: date, zone: ZoneInfo) -> list[Span]:
    """The spans that begin on this date of the venue; one may run on into the next day."""
    return list(_opening_spans(tuple(hours), day, zone))


@lru_cache(maxsize=8192)  # a list asks for the same days of the same places for every product
def _opening_spans(hours: tuple[Hours, ...], day: date, zone: ZoneInfo) -> Sequence[Span]:
    spans = (
        (instant(day, span.opens, zone), instant(day, span.closes, zone))
        for span in sorted(in_force(hours, day), key=in_order)
        if span.weekday == day.weekday()
    )
    return tuple((opens, closes) for opens, closes in spans if opens < closes)


def in_force(hours: Iterable[Hours], day: date) -> list[Hours]:
    """The week that holds on this day: of those with the day in it the shortest, of equal ones the later; else the
    usual one."""
    rows = list(hours)
    dated = {(row.since, row.until) for row in rows if row.since and row.until and row.since <= day < row.until}
    since, until = min(dated, key=lambda span: (span[1] - span[0], -span[0].toordinal())) if dated else (None, None)
    return [row for row in rows if row.since == since and row.until == until]


def stored_hours(weekday: int, opens: int, closes: int, since: int | None, until: int | None) -> Hours:
    """Hours as statements tell them, with the days counted from the first of 2000."""
    first, behind = (None if days is None else EPOCH + timedelta(days=days) for days in (since, until))
    return Hours(weekday, opens, closes, first, behind)


def in_order(row: Hours) -> tuple[int, int, int]:
    """By weekday and time."""
    return row.weekday, row.opens, row.closes


def possible_starts(offering: Rhythm, span: Span) -> list[datetime]:
    """Every start in an opening after which the shortest booking still fits, in elapsed time from the opening."""
    opens, closes = span
    last = closes - offering.min_length * MINUTE
    step = offering.start_step * MINUTE
    return [opens + n * step for n in range((last - opens) // step + 1)] if last >= opens else []


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The moment at which the venue's clock shows this minute of this day, counted on into the next."""
    return from_wall(datetime.combine(day, time()) + minute * MINUTE, zone)


def from_wall(shown: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the venue's clock first shows this (naive) time or, if it skips it, jumps over it; UTC."""
    first = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == shown:
        return first
    # Skipped: read by the offset before the jump it comes out too late, by the one after it too early. Between the two
    # lies the jump: the first moment whose clock is past the time asked for.
    early = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = first
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).replace(tzinfo=None) < shown:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def readings(shown: datetime, zone: ZoneInfo) -> list[datetime]:
    """The moments at which the venue's clock shows this (naive) time, in order: one, two, or none; UTC."""
    both = {shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(moment for moment in both if moment.astimezone(zone).replace(tzinfo=None) == shown)


def neighbours(shown: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The last whole minute before the clock jumps over this time, and what it shows then; as it shows them."""
    jump = from_wall(shown, zone)
    before, after = ((moment).astimezone(zone).replace(tzinfo=None) for moment in (jump - MINUTE, jump))
    return before, after


def check_hours(faults: Faults, rows: Iterable[Hours]) -> list[Hours]:
    """The week in order; a fault is on `hours-N`, N the number of the row as given, from 0."""
    numbered = [(row, number) for number, row in enumerate(rows)]
    for row, number in numbered:
        _check_row(faults, f"hours-{number}", row)
    sound = [(row, number) for row, number in numbered if f"hours-{number}" not in faults.found]
    week = sorted(sound, key=lambda pair: in_order(pair[0]))
    # The first row once more, a week later: Sunday's night may run into Monday morning.
    again = [(Hours(row.weekday + 7, row.opens, row.closes), number) for row, number in week[:1]]
    for (before, _), (row, number) in pairwise(week + again):
        if row.weekday * DAY + row.opens < before.weekday * DAY + before.closes:
            faults.add(f"hours-{number}", N_("This begins before the opening ahead of it has ended."))
    return [row for row, _ in week]


def _check_row(faults: Faults, field: str, row: Hours) -> None:
    if not 0 <= row.weekday <= 6:
        faults.add(field, N_("Choose a day of the week."))
    elif not 0 <= row.opens < DAY:
        faults.add(field, N_("It opens between 00:00 and 23:59."))
    elif row.closes <= row.opens:
        faults.add(field, N_("It has to close after it opens."))
    elif row.closes > row.opens + DAY or row.closes > 2 * DAY:
        faults.add(field, N_("It cannot be open longer than a day at a stretch; add the next day as its own row."))
