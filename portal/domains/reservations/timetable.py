"""When a venue's slots begin and end: pure, in instants, right on the days when clocks change.

Opening times are wall-clock times of the venue; from there on everything is counted in elapsed time. So a day of 23 or
25 hours has one slot less or more, and every slot lasts as long as it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
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
