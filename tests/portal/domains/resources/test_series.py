"""Closures that come again are ordinary closures: written ahead, opened one by one, ended, kept up by the clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from portal.domains import resources
from portal.domains.resources import SeriesFields
from portal.domains.resources.series_days import gaps
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, NotFound, Stale
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")
DAY = timedelta(days=1)
SUNDAYS = SeriesFields("week", frozenset({6}), date(2026, 12, 1), date(2026, 12, 31), reason="Rest")


def closed(tx: Tx, resource_id: UUID, zone: str = "Asia/Seoul", until: datetime = NOW + 800 * DAY) -> list[str]:
    found = resources.closures_of(tx, resource_id, within=(NOW - 60 * DAY, until))
    here = ZoneInfo(zone)
    return [f"{c.starts_at.astimezone(here):%m-%d %H:%M} {c.ends_at.astimezone(here):%d %H:%M}" for c in found]


def test_every_sunday_until_the_end_of_the_year(tx: Tx) -> None:
    room = factories.resource(tx)
    made = resources.close_again_and_again(tx, room.id, SUNDAYS, now=NOW)
    wanted = ["12-06 00:00 07 00:00", "12-13 00:00 14 00:00", "12-20 00:00 21 00:00", "12-27 00:00 28 00:00"]
    assert closed(tx, room.id) == wanted
    assert [one.id for one in resources.series_of(tx, room.id, today=NOW.date())] == [made.id]
    assert resources.series_of(tx, room.id, today=date(2027, 1, 1)) == []


def test_it_is_told_on_the_clock_of_the_place_when_clocks_change(tx: Tx) -> None:
    room = factories.resource(tx, time_zone="Europe/Lisbon")
    nights = SeriesFields("week", frozenset({5}), date(2027, 3, 20), date(2027, 4, 4), since=22 * 60, until=26 * 60)
    resources.close_again_and_again(tx, room.id, nights, now=NOW)
    assert closed(tx, room.id, "Europe/Lisbon") == [
        "03-20 22:00 21 02:00",
        "03-27 22:00 28 02:00",
        "04-03 22:00 04 02:00",
    ]
    lengths = [c.ends_at - c.starts_at for c in resources.closures_of(tx, room.id, within=(NOW, NOW + 200 * DAY))]
    assert [length / timedelta(hours=1) for length in lengths] == [4, 3, 4], "an hour less when the clock jumps"


def test_what_is_closed_anyway_is_left_and_the_rest_closed_around_it(tx: Tx) -> None:
    room = factories.resource(tx)
    resources.close_days(tx, room.id, date(2026, 12, 5), date(2026, 12, 6), reason="Fair")
    nine = datetime(2026, 12, 13, tzinfo=UTC)
    resources.close_times(tx, room.id, nine, nine + timedelta(hours=3), reason="Repairs")
    resources.close_again_and_again(tx, room.id, replace(SUNDAYS, last=date(2026, 12, 13)), now=NOW)
    assert closed(tx, room.id) == [
        "12-05 00:00 07 00:00",
        "12-13 00:00 13 09:00",
        "12-13 09:00 13 12:00",
        "12-13 12:00 14 00:00",
    ]


def test_a_day_that_is_opened_again_stays_open(tx: Tx) -> None:
    room = factories.resource(tx)
    resources.close_again_and_again(tx, room.id, SUNDAYS, now=NOW)
    second = resources.closures_of(tx, room.id, within=(NOW, NOW + 90 * DAY))[1]
    resources.reopen(tx, second.id)
    assert resources.keep_series(tx, now=NOW + DAY).added == 0
    assert [day[:5] for day in closed(tx, room.id)] == ["12-06", "12-20", "12-27"]


def test_without_an_end_it_is_written_two_years_ahead_and_kept_up_by_the_clock(tx: Tx) -> None:
    room = factories.resource(tx)
    resources.close_again_and_again(tx, room.id, replace(SUNDAYS, last=None), now=NOW)
    count = len(closed(tx, room.id))
    assert count == 104
    assert resources.keep_series(tx, now=NOW).added == 0, "nothing new today"
    assert resources.keep_series(tx, now=NOW + 14 * DAY).added == 2
    assert resources.keep_series(tx, now=NOW + 14 * DAY).added == 0


def test_however_many_there_are_the_clock_keeps_all_of_them(tx: Tx) -> None:
    rooms = [factories.resource(tx) for _ in range(5)]
    for room in rooms:
        resources.close_again_and_again(tx, room.id, replace(SUNDAYS, last=None), now=NOW)
    later, added, after, trips = NOW + 7 * DAY, 0, None, 0
    while trips == 0 or after:
        kept = resources.keep_series(tx, now=later, after=after, limit=2)
        added, after, trips = added + kept.added, kept.last, trips + 1
    assert (added, trips) == (5, 3)


def test_what_stood_behind_another_closure_closes_when_that_is_taken_back(tx: Tx) -> None:
    room = factories.resource(tx)
    fair = resources.close_days(tx, room.id, date(2026, 12, 5), date(2026, 12, 13), reason="Fair")
    resources.close_again_and_again(tx, room.id, SUNDAYS, now=NOW)
    still = resources.reopen(tx, fair.id)
    assert [day[:5] for day in closed(tx, room.id)] == ["12-06", "12-13", "12-20", "12-27"], "as the rule says, at once"
    assert len(still) == 2, "and whoever took it back is told"
    assert resources.reopen(tx, resources.closures_of(tx, room.id, within=(NOW, NOW + 9 * DAY))[0].id) == []


def test_a_holiday_of_the_house_may_lie_over_what_comes_again(tx: Tx) -> None:
    room = factories.resource(tx)
    nights = SeriesFields("week", frozenset({5}), date(2026, 12, 1), date(2026, 12, 31), since=22 * 60, until=26 * 60)
    resources.close_again_and_again(tx, room.id, nights, now=NOW)
    before = closed(tx, room.id)
    away = resources.close_days(tx, room.id, date(2026, 12, 6), date(2026, 12, 19), reason="Away")
    assert closed(tx, room.id) == [
        "12-05 22:00 06 00:00",
        "12-06 00:00 20 00:00",
        "12-20 00:00 20 02:00",
        "12-26 22:00 27 02:00",
    ]
    with pytest.raises(Invalid, match="closed then already"):
        resources.close_days(tx, room.id, date(2026, 12, 10), date(2026, 12, 10))
    resources.reopen(tx, away.id)
    whole = [day[:5] for day in before]
    assert sorted({day[:5] for day in closed(tx, room.id)} & set(whole)) == whole, "as the rule says"


def test_where_two_rules_meet_the_other_closes_when_one_ends(tx: Tx) -> None:
    room = factories.resource(tx)
    weekly = resources.close_again_and_again(tx, room.id, SUNDAYS, now=NOW)
    monthly = replace(SUNDAYS, every="first", weekdays=frozenset({0, 6}))
    resources.close_again_and_again(tx, room.id, monthly, now=NOW)
    resources.end_series(tx, weekly.id, now=NOW)
    assert [day[:5] for day in closed(tx, room.id)] == ["12-06", "12-07"]


def test_another_rule_counts_from_today_on_and_what_is_over_stays(tx: Tx) -> None:
    room = factories.resource(tx)
    made = resources.close_again_and_again(tx, room.id, SUNDAYS, now=NOW)
    later = NOW + 14 * DAY
    closed_now = resources.change_series(
        tx,
        made.id,
        replace(SUNDAYS, weekdays=frozenset({5, 6}), since=600, until=720, last=date(2027, 1, 3), reason="Inventory"),
        now=later,
    )
    assert closed(tx, room.id)[:3] == ["12-06 00:00 07 00:00", "12-13 00:00 14 00:00", "12-19 10:00 19 12:00"]
    assert [day[:5] for day in closed(tx, room.id)][3:] == ["12-20", "12-26", "12-27", "01-02", "01-03"]
    assert [f"{start.astimezone(ZoneInfo('Asia/Seoul')):%m-%d}" for start, _ in closed_now] == [
        "12-19",
        "12-26",
        "01-02",
        "01-03",
    ], "the Sundays of this year were closed already"
    reasons = [one.reason for one in resources.closures_of(tx, room.id, within=(NOW, NOW + 90 * DAY))]
    assert reasons[:3] == ["Rest", "Rest", "Inventory"]
    words = replace(SUNDAYS, weekdays=frozenset({5, 6}), since=600, until=720, reason="Rest")
    assert resources.change_series(tx, made.id, words, now=later) == []


def test_a_day_that_was_opened_again_stays_open_under_another_rule(tx: Tx) -> None:
    room = factories.resource(tx)
    made = resources.close_again_and_again(tx, room.id, SUNDAYS, now=NOW)
    resources.reopen(tx, resources.closures_of(tx, room.id, within=(NOW, NOW + 90 * DAY))[1].id)
    resources.change_series(tx, made.id, replace(SUNDAYS, since=600, until=720), now=NOW)
    assert [day[:11] for day in closed(tx, room.id)] == ["12-06 10:00", "12-20 10:00", "12-27 10:00"]


def test_every_other_week_stays_the_same_week_when_its_words_change(tx: Tx) -> None:
    room = factories.resource(tx)
    fields = replace(SUNDAYS, every="fortnight", last=date(2027, 1, 31))
    made = resources.close_again_and_again(tx, room.id, fields, now=NOW)
    before = closed(tx, room.id)
    resources.change_series(tx, made.id, replace(fields, reason="Choir"), now=NOW + 20 * DAY)
    assert closed(tx, room.id) == before


def test_of_two_who_change_a_rule_the_second_is_told(tx: Tx) -> None:
    room = factories.resource(tx)
    made = resources.close_again_and_again(tx, room.id, SUNDAYS, now=NOW)
    seen = room.version
    resources.change_series(tx, made.id, replace(SUNDAYS, reason="Choir"), version=seen, now=NOW)
    with pytest.raises(Stale):
        resources.change_series(tx, made.id, replace(SUNDAYS, reason="Rest"), version=seen, now=NOW)


def test_it_ends_today_and_what_is_over_stays(tx: Tx) -> None:
    room = factories.resource(tx)
    made = resources.close_again_and_again(tx, room.id, SUNDAYS, now=NOW)
    resources.end_series(tx, made.id, now=NOW + 14 * DAY)
    assert [day[:5] for day in closed(tx, room.id)] == ["12-06", "12-13"]
    assert resources.series_of(tx, room.id, today=date(2026, 12, 15)) == []
    with pytest.raises(NotFound):
        resources.end_series(tx, uuid4(), now=NOW)


def test_another_clock_of_the_place_moves_the_days_to_come(tx: Tx) -> None:
    room = factories.resource(tx)
    resources.close_again_and_again(tx, room.id, replace(SUNDAYS, last=date(2026, 12, 13)), now=NOW)
    fields = resources.ResourceFields(room.name, "America/New_York", room.units)
    resources.edit_resource(tx, room.id, room.version, fields, standing=lambda *_: [], now=NOW)
    assert closed(tx, room.id, "America/New_York") == ["12-06 00:00 07 00:00", "12-13 00:00 14 00:00"]


def test_a_rule_inside_the_hour_that_the_clock_skips_leaves_that_day_open(tx: Tx) -> None:
    room = factories.resource(tx, time_zone="Europe/Berlin")
    cleaning = SeriesFields("week", frozenset({6}), date(2027, 3, 21), date(2027, 4, 4), since=130, until=170)
    resources.close_again_and_again(tx, room.id, cleaning, now=NOW)
    assert closed(tx, room.id, "Europe/Berlin") == ["03-21 02:10 21 02:50", "04-04 02:10 04 02:50"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"every": "year"}, "every"),
        ({"weekdays": frozenset()}, "weekdays"),
        ({"weekdays": frozenset({-1})}, "weekdays"),
        ({"first": date(2026, 11, 30)}, "first"),
        ({"last": date(2026, 11, 30)}, "last"),
        ({"last": date(2026, 12, 5)}, "last"),
        ({"since": 600, "until": 600}, "ends"),
        ({"since": 1500, "until": 1600}, "starts"),
        ({"reason": "x" * 121}, "reason"),
    ],
)
def test_a_fault_names_its_field_and_nothing_is_closed(tx: Tx, change: dict[str, Any], field: str) -> None:
    room = factories.resource(tx)
    with pytest.raises(Invalid) as caught, tx.begin_nested():
        resources.close_again_and_again(tx, room.id, replace(SUNDAYS, **change), now=NOW)
    assert list(caught.value.faults) == [field]
    assert closed(tx, room.id) == []
    assert resources.series_of(tx, room.id, today=NOW.date()) == []


def test_gaps_are_what_is_left() -> None:
    def at(hour: int) -> datetime:
        return NOW + timedelta(hours=hour)

    span = (at(0), at(10))
    assert gaps(span, []) == [span]
    assert gaps(span, [(at(-5), at(20))]) == []
    assert gaps(span, [(at(2), at(3)), (at(-1), at(1)), (at(9), at(12))]) == [(at(1), at(2)), (at(3), at(9))]
