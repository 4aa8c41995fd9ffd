"""Every possible time of some days and what is free of it: pure, and for ten thousand times at once.

Times are whole seconds since 1970 in sorted lists, so that an opening, a closure or a reservation is a run of them that
is found by bisection, however many there are. What is asked of one time alone is in rules.py and parts.py; a test holds
the two together.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.domains.reservations.rules import few_of
from portal.domains.reservations.terms import Terms, openings
from portal.domains.reservations.timetable import DAY, Span, midnight, with_closing
from portal.domains.resources import Hours

Busy = Sequence[tuple[float, float]]
"""When one unit is taken, from and until, in order."""
SECOND = timedelta(seconds=1)
TURNED = bytes([1, 0, *range(2, 256)])
ENOUGH = 1_000_000
"""What a part that serves a booking as a whole has for it, however many come."""


TAKEN = """
SELECT resource_id, array_agg(date_part('epoch', lower(during)) ORDER BY lower(during)),
       array_agg(date_part('epoch', upper(during)) ORDER BY lower(during))
FROM reservations
"""
"""The head of a statement that reads reservations, grouped by resource and unit: a row for each unit, so that ten
thousand reservations are a few long arrays. Its WHERE is the reader's."""


@dataclass(frozen=True)
class Row:
    """One candidate: the terms as if it alone served, its closures, and when each of its units is taken."""

    terms: Terms
    closures: Sequence[Span] = ()
    busy: Sequence[Busy] = ()


@dataclass(frozen=True)
class Part:
    """What a booking takes one of. The first part says when things begin."""

    rows: Sequence[Row]
    once: bool = False


@dataclass(frozen=True)
class Sheet:
    """Columns of one length: `available` is the most that one booking can take, `scarce` that little is left of
    several, `closed` that a part of it has nobody who is open."""

    starts: Sequence[int]
    available: Sequence[int]
    scarce: Sequence[int]
    closed: Sequence[int]
    units: int = field(default=0)
    """The most that one booking can ever take."""


def fill(parts: Sequence[Part], first: date, last: date, *, length: timedelta, since: datetime | None = None) -> Sheet:
    """The sheet of all starts on the leading venue's days `first` to `last`. What starts before `since` is not looked
    into: there nothing is available, and nobody is said to be closed."""
    if not parts or not parts[0].rows:
        return Sheet((), (), (), ())
    zone = parts[0].rows[0].terms.zone
    begin, end = _second(midnight(first, zone)), _second(midnight(last + DAY, zone))
    seconds = length // SECOND
    opened = [[_opened(tuple(row.terms.hours), row.terms.zone, first, last) for row in part.rows] for part in parts]
    grids = [
        starts_of(spans, begin, end, row.terms.start_step // SECOND, seconds)
        for spans, row in zip(opened[0], parts[0].rows, strict=True)
    ]
    starts = grids[0] if len(grids) == 1 else sorted(set().union(*grids))
    passed = bisect_left(starts, since.timestamp()) if since else 0
    looked = starts[passed:]
    serving = [_on(looked, grids), *([_within(looked, spans, seconds) for spans in own] for own in opened[1:])]
    columns = [_column(part, looked, serves, seconds) for part, serves in zip(parts, serving, strict=True)]
    available, scarce, closed = columns[0] if len(columns) == 1 else _together(columns)
    shared = [max((row.terms.units for row in part.rows), default=0) for part in parts if not part.once]
    before = bytes(passed)
    return Sheet(starts, [*before, *available], before + bytes(scarce), before + bytes(closed), min(shared, default=1))


def by_resource(rows: Iterable[tuple[UUID, list[float], list[float]]]) -> Mapping[UUID, list[Busy]]:
    """What is taken of each resource, as a row wants it, from TAKEN's rows: one for every unit."""
    found: dict[UUID, list[Busy]] = {}
    for resource_id, starts, ends in rows:
        found.setdefault(resource_id, []).append(list(zip(starts, ends, strict=True)))
    return found


@lru_cache(maxsize=1024)  # lists and months ask for the same days of the same weeks again and again
def _opened(hours: tuple[Hours, ...], zone: ZoneInfo, first: date, last: date) -> Sequence[tuple[int, int, int]]:
    # A day more on either side: each counts its days on its own clock.
    return stretches(openings(hours, zone, first - DAY, last + DAY))


def stretches(opened: Sequence[Span]) -> list[tuple[int, int, int]]:
    """Each opening's begin and end, and when the venue really closes."""
    return [(_second(span.start), _second(span.end), _second(closes)) for span, closes in with_closing(opened)]


def starts_of(opened: Sequence[tuple[int, int, int]], since: int, until: int, step: int, seconds: int) -> list[int]:
    """Every possible start from `since` on, before `until`: steps from each opening, the end before the venue closes.

    Where one opening follows another without a gap (open day and night) a slot may run from one into the next.
    """
    found: list[int] = []
    in_order = True
    for begin, end, closes in opened:
        skipped = max(0, -((begin - since) // step))  # whole steps before `since`
        run = range(begin + skipped * step, min(end, until, closes - seconds + 1), step)
        in_order = in_order and not (run and found and run[0] <= found[-1])  # openings may overlap
        found += run
    return found if in_order else sorted(set(found))


def free_of(row: Row, starts: Sequence[int], seconds: int) -> list[int]:
    """Units free throughout each time, buffers included: not a count of reservations, nor of gaps.

    What one unit's reservation touches is a run of times, so all times are counted in one pass over the reservations.
    """
    before, after = row.terms.buffer_before // SECOND, row.terms.buffer_after // SECOND
    changes = [0] * (len(starts) + 1)
    runs: dict[tuple[float, float], tuple[int, int]] = {}  # found once: reservations of several units often coincide
    for taken in row.busy:
        counted = 0  # this unit is counted for all times before this one
        for span in taken:
            run = runs.get(span)
            if run is None:
                start, end = span
                run = bisect_right(starts, start - seconds - after), bisect_left(starts, end + before)
                runs[span] = run
            first, behind = run
            if first < counted:
                first = counted
            if first < behind:
                changes[first] += 1
                changes[behind] -= 1
                counted = behind
    units = row.terms.units
    return [units - taken if taken < units else 0 for taken in accumulate(changes[:-1])]


Column = tuple[Sequence[int], Sequence[int], Sequence[int]]
"""What is available, scarce and closed, by time."""


def _column(part: Part, starts: Sequence[int], serving: Sequence[bytearray], seconds: int) -> Column:
    """Of one part: the most that one of its candidates has free, whether little is left, whether all are closed."""
    all_of_them, count = sum(row.terms.units for row in part.rows), len(starts)
    few = few_of(all_of_them)
    if len(part.rows) == 1:
        _close(serving[0], starts, part.rows[0].closures, seconds)
        free = free_of(part.rows[0], starts, seconds)
        most = [ENOUGH if units else 0 for units in free] if part.once else free
        return most, bytearray([units <= few for units in free]), serving[0].translate(TURNED)
    best, left, closed = [0] * count, [0] * count, bytearray(b"\1") * count
    for row, serves in zip(part.rows, serving, strict=True):
        _close(serves, starts, row.closures, seconds)
        free = free_of(row, starts, seconds)
        for n in range(count):
            if serves[n]:
                closed[n] = 0
                units = free[n]
                left[n] += units
                if units > best[n]:
                    best[n] = units
    if part.once:
        best = [ENOUGH if units else 0 for units in best]
    return best, bytearray([units <= few for units in left]), closed


def _together(columns: Sequence[Column]) -> Column:
    """Of several parts: the least of what each has, and closed where one of them is."""
    available, scarce, closed = zip(*columns, strict=True)
    return list(map(min, *available)), list(map(max, *scarce)), list(map(max, *closed))


def _close(serves: bytearray, starts: Sequence[int], closures: Sequence[Span], seconds: int) -> None:
    for closure in closures:
        first = bisect_right(starts, closure.start.timestamp() - seconds)
        behind = bisect_left(starts, closure.end.timestamp())
        if first < behind:
            serves[first:behind] = bytes(behind - first)


def _on(starts: Sequence[int], grids: Sequence[Sequence[int]]) -> list[bytearray]:
    """For each candidate of the leading part, which of all starts are its own."""
    if len(grids) == 1:
        return [bytearray(b"\1") * len(starts)]
    return [bytearray(start in own for start in starts) for own in map(set, grids)]


def _within(starts: Sequence[int], opened: Sequence[tuple[int, int, int]], seconds: int) -> bytearray:
    serves = bytearray(len(starts))
    for begin, _, closes in opened:
        first, behind = bisect_left(starts, begin), bisect_right(starts, closes - seconds)
        if first < behind:
            serves[first:behind] = b"\1" * (behind - first)
    return serves


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
