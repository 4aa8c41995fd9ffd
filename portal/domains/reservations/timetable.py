"""When a venue's slots begin and end: pure, in instants, right on the days when clocks change.

Opening times are wall-clock times of the venue; from there on everything is counted in elapsed time. So a day of 23 or
25 hours has one slot less or more, and every slot lasts as long as it says.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from portal.domains.resources import instant

DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Span:
    """From one instant up to, not including, another."""

    start: datetime
    end: datetime

    def holds(self, start: datetime, end: datetime) -> bool:
        return self.start <= start and end <= self.end

    def meets(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the day begins at the venue."""
    return instant(day, 0, zone)


def days_touched(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """The venue's days that have a part in start ≤ t < end."""
    first = start.astimezone(zone).date()
    last = (end.astimezone(UTC) - timedelta.resolution).astimezone(zone).date()
    return [first + n * DAY for n in range((last - first).days + 1)]


def grid(
    opened: Sequence[Span], *, within: Span, step: timedelta, length: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Every possible (start, end) whose start lies `within`: steps from each opening, the end before the venue closes.

    Where one opening follows another without a gap (open day and night) a slot may run from one into the next.
    """
    seen: set[datetime] = set()
    for span, closes in with_closing(opened):
        skipped = max(0, -((span.start - within.start) // step))  # whole steps before `within`
        start = span.start + skipped * step
        while start < min(span.end, within.end) and start + length <= closes:
            if start not in seen:
                seen.add(start)
                yield start, start + length
            start += step


def on_grid(opened: Sequence[Span], start: datetime, step: timedelta) -> list[datetime]:
    """When the venue next closes, once for every opening that has a possible start at exactly this instant."""
    return [
        closes
        for span, closes in with_closing(opened)
        if span.start <= start < span.end and not (start - span.start) % step
    ]


def with_closing(opened: Sequence[Span]) -> list[tuple[Span, datetime]]:
    """Each opening with the moment the venue really closes: openings that touch or overlap are one stretch."""
    stretches: list[tuple[list[Span], datetime]] = []
    for span in sorted(opened):
        if stretches and span.start <= stretches[-1][1]:
            spans, closes = stretches.pop()
            stretches.append(([*spans, span], max(closes, span.end)))
        else:
            stretches.append(([span], span.end))
    return [(span, closes) for spans, closes in stretches for span in spans]


def units_taken(slots: Sequence[Span], busy: Iterable[tuple[int, datetime, datetime]]) -> list[int]:
    """How many different units are taken at some moment of each slot: not a count of reservations, nor of gaps.

    `slots` all have one length and are sorted; `busy` is (unit, start, end), sorted. What one unit's reservation
    touches is a run of slots, so all slots are counted in one pass over the reservations.
    """
    starts, ends = [slot.start for slot in slots], [slot.end for slot in slots]
    changes = [0] * (len(slots) + 1)
    for _, reservations in groupby(busy, key=itemgetter(0)):
        counted = 0  # this unit is counted for all slots before this one
        for _, start, end in reservations:
            first = max(counted, bisect_right(ends, start))
            after = bisect_left(starts, end)
            if first < after:
                changes[first] += 1
                changes[after] -= 1
                counted = after
    return list(accumulate(changes[:-1]))
