"""The sheet of many times at once says of each what asking for it alone would say, whoever serves it, however."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domains import resources
from portal.domains.reservations import parts, sheet
from portal.domains.reservations.terms import Terms
from portal.domains.reservations.timetable import DAY, Span, midnight
from portal.domains.resources import Hours

MINUTE = timedelta(minutes=1)
ZONES = ["Asia/Seoul", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe"]
DAYS = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 6, 5), date(2026, 10, 25), date(2026, 11, 1)]


@dataclass(frozen=True)
class One:
    """A candidate as drawn: closures and reservations in minutes about the day."""

    id: UUID
    units: int
    zone: str
    hours: tuple[tuple[int, int], ...]
    closed: list[tuple[int, int]]
    busy: list[tuple[int, int, int]]


spans = st.tuples(st.integers(-20, 110), st.integers(1, 20)).map(lambda s: (s[0] * 15, s[0] * 15 + s[1] * 15))
ones = st.builds(
    One,
    id=st.builds(uuid4),
    units=st.integers(1, 3),
    zone=st.sampled_from(ZONES),
    hours=st.sampled_from([((0, 1440),), ((540, 720), (780, 1000)), ((90, 200), (1200, 1500)), ((600, 900),)]),
    closed=st.lists(spans, max_size=2),
    busy=st.lists(st.tuples(st.integers(1, 3), spans).map(lambda b: (b[0], *b[1])), max_size=8),
)
products = st.lists(st.tuples(st.booleans(), st.lists(ones, min_size=1, max_size=3)), min_size=1, max_size=2)


@given(
    day=st.sampled_from(DAYS),
    drawn=products,
    length=st.sampled_from([30, 60, 95]),
    step=st.sampled_from([20, 30, 60]),
    pad=st.sampled_from([(0, 0), (10, 15)]),
    quantity=st.integers(1, 3),
    later=st.integers(-60, 1500),
)
@settings(max_examples=150, deadline=None)
def test_each_time_is_as_asking_for_it_alone(
    day: date,
    drawn: list[tuple[bool, list[One]]],
    length: int,
    step: int,
    pad: tuple[int, int],
    quantity: int,
    later: int,
) -> None:
    drawn = [(once and number > 0, found) for number, (once, found) in enumerate(drawn)]
    terms = _terms(drawn, length, step, pad)
    begins = midnight(day, terms.zone)
    terms = replace(
        terms, parts=[_with_closures(part, some, begins) for part, (_, some) in zip(terms.parts, drawn, strict=True)]
    )
    page = sheet.fill(_rows(terms, drawn, begins), day, day, length=terms.min_length)
    shown = {
        datetime.fromtimestamp(start, UTC): page.available[n]
        for n, start in enumerate(page.starts)
        if not page.closed[n]
    }
    every = [begins + n * 5 * MINUTE for n in range((midnight(day + DAY, terms.zone) - begins) // (5 * MINUTE))]
    told = {start: free for start in every if (free := _asked(terms, drawn, begins, start)) is not None}
    assert shown.keys() == told.keys()
    assert {start for start, free in shown.items() if free >= quantity} == {
        start for start, by_part in told.items() if all(free >= quantity for free in by_part)
    }
    since = begins + later * MINUTE
    rest = sheet.fill(_rows(terms, drawn, begins), day, day, length=terms.min_length, since=since)
    passed = sum(start < since.timestamp() for start in page.starts)
    assert rest.starts == page.starts
    for looked, whole in ((rest.available, page.available), (rest.scarce, page.scarce), (rest.closed, page.closed)):
        assert list(looked) == [0] * passed + list(whole[passed:])


def _asked(terms: Terms, drawn: list[tuple[bool, list[One]]], begins: datetime, start: datetime) -> list[int] | None:
    """Minute by minute: the most that is free of each part throughout, or None where a part has nobody open."""
    end = start + terms.min_length
    serving, faults = parts.open_then(terms, start, end)
    if faults:
        return None
    busy = terms.padded(start, end)
    found = []
    for part, (once, some) in zip(serving.parts, drawn, strict=True):
        open_ids = {one.resource_id for one in part.candidates}
        most = 0
        for one in some:
            taken = {
                unit
                for unit, since, until in _stored(one)
                for n in range((busy.end - busy.start) // (5 * MINUTE))
                if begins + since * MINUTE <= busy.start + n * 5 * MINUTE < begins + until * MINUTE
            }
            if one.id in open_ids:
                most = max(most, one.units - len(taken))
        found.append(sheet.ENOUGH if once and most else most)
    return found


def _stored(one: One) -> list[tuple[int, int, int]]:
    """What could be stored: of units there are, and without overlaps."""
    kept: list[tuple[int, int, int]] = []
    for unit, since, until in one.busy:
        if unit <= one.units and not any(unit == u and since < e and s < until for u, s, e in kept):
            kept.append((unit, since, until))
    return sorted(kept)


def _terms(drawn: list[tuple[bool, list[One]]], length: int, step: int, pad: tuple[int, int]) -> Terms:
    leading = drawn[0][1][0]
    return Terms(
        product_id=uuid4(),
        resource_id=leading.id,
        units=leading.units,
        zone=ZoneInfo(leading.zone),
        min_length=length * MINUTE,
        max_length=length * MINUTE,
        length_step=30 * MINUTE,
        start_step=step * MINUTE,
        buffer_before=pad[0] * MINUTE,
        buffer_after=pad[1] * MINUTE,
        lead_time=timedelta(),
        horizon_days=90,
        max_quantity=3,
        in_parts=True,
        parts=[
            resources.Part(number, "", once, False, [_candidate(one) for one in some])
            for number, (once, some) in enumerate(drawn)
        ],
    )


def _candidate(one: One) -> resources.Candidate:
    hours = [Hours(weekday, *span) for weekday in range(7) for span in one.hours]
    return resources.Candidate(one.id, "One", one.units, one.zone, hours, [])


def _with_closures(part: resources.Part, some: list[One], begins: datetime) -> resources.Part:
    closed = [[(begins + a * MINUTE, begins + b * MINUTE) for a, b in one.closed] for one in some]
    candidates = [replace(one, closed=spans) for one, spans in zip(part.candidates, closed, strict=True)]
    return replace(part, candidates=candidates)


def _rows(terms: Terms, drawn: list[tuple[bool, list[One]]], begins: datetime) -> list[sheet.Part]:
    return [
        sheet.Part(
            [
                sheet.Row(
                    parts.own_terms(terms, candidate),
                    [Span(begins + a * MINUTE, begins + b * MINUTE) for a, b in one.closed],
                    [
                        [
                            ((begins + a * MINUTE).timestamp(), (begins + b * MINUTE).timestamp())
                            for unit, a, b in _stored(one)
                            if unit == wanted
                        ]
                        for wanted in range(1, one.units + 1)
                    ],
                )
                for one, candidate in zip(some, part.candidates, strict=True)
            ],
            once,
        )
        for part, (once, some) in zip(terms.parts, drawn, strict=True)
    ]
