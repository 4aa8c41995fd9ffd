"""Slots of several days side by side: an item for every time that one of them has, with what is said of it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.kernel.money import Money
from portal.web.short_days import short_day, weekday
from portal.web.slot_table import GAP, Column, Look, columns

SEOUL = ZoneInfo("Asia/Seoul")
HOUR = timedelta(hours=1)
MONDAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def request_in_english(house: Flask) -> Iterator[None]:
    with house.test_request_context("/?lang=en"):
        yield


def slot(hour: int, state: str = "free", **other: Any) -> dict[str, Any]:
    start = datetime(2026, 11, 30, hour, tzinfo=SEOUL)
    known = {"start": start, "end": start + timedelta(minutes=90)}
    return known | {"state": state, "left": 3, "capacity": 1, "waiting_url": "", "home": None, "price": None} | other


def pattern(look: Look) -> str:
    """Everything that may be said of a slot, with a bar between."""
    shown = "|".join(["%(at)s", "%(clock)s", "%(until)s", "%(word)s", "%(iso)s", "%(day)s", "%(kept)s"])
    more = ["%(waits)s" if look.waits else "", "%(home)s" if look.home else "", "%(price)s" if look.priced else ""]
    return f"<li>{'|'.join([shown, *more])}</li>"


def table(*days: list[dict[str, Any]], kept: str = "") -> list[Column]:
    given = [{"date": MONDAY + timedelta(days=n), "slots": slots, "note": ""} for n, slots in enumerate(days)]
    return columns(given, pattern, kept=kept)


def items(day: Column) -> list[str]:
    return re.findall(r"<li.*?</li>", day.slots)


def only(given: dict[str, Any], **same: str) -> dict[str, str]:
    (day,) = table([given], **same)
    (item,) = items(day)
    names = ("at", "clock", "until", "word", "iso", "day", "kept", "waits", "home", "price")
    return dict(zip(names, item.removeprefix("<li>").removesuffix("</li>").split("|"), strict=True))


def test_a_time_that_a_day_does_not_have_is_a_gap_in_it() -> None:
    told = [
        ["gap" if item == GAP else item[4:9] for item in items(day)] for day in table([slot(10), slot(14)], [slot(12)])
    ]
    assert told == [["10:00", "gap", "14:00"], ["gap", "12:00", "gap"]]


def test_a_day_without_slots_has_no_items() -> None:
    assert [len(items(day)) for day in table([slot(10)], [])] == [1, 0]


def test_slots_of_the_same_time_have_each_their_day() -> None:
    tomorrow = slot(10) | {"start": datetime(2026, 12, 1, 10, tzinfo=SEOUL)}
    told = [items(day)[0].split("|")[4:6] for day in table([slot(10)], [tomorrow])]
    assert told == [["2026-11-30T10:00:00+09:00", "Mon 30 Nov"], ["2026-12-01T10:00:00+09:00", "Tue 1 Dec"]]


def test_a_time_that_the_clock_shows_twice_has_two_rows_and_two_offsets() -> None:
    lisbon, day = ZoneInfo("Europe/Lisbon"), date(2026, 10, 25)
    first = datetime(2026, 10, 25, 1, 30, tzinfo=lisbon)
    again = first.replace(fold=1)
    given = [slot(10) | {"start": start, "which": which} for start, which in ((first, "WEST"), (again, "WET"))]
    (told,) = columns([{"date": day, "slots": given, "note": ""}], pattern, kept="")
    assert [item.split("|")[1:5:3] for item in items(told)] == [
        ["01:30 WEST", "2026-10-25T01:30:00+01:00"],
        ["01:30 WET", "2026-10-25T01:30:00+00:00"],
    ]


@pytest.mark.parametrize(
    ("zone", "day", "step", "told"),
    [
        ("Europe/Berlin", date(2026, 10, 25), 30, "01:30 02:00+2 02:30+2 02:00+1 02:30+1 03:00 03:30"),
        ("Europe/Berlin", date(2026, 10, 25), 45, "01:30 02:15+2 02:00+1 02:45+1 03:30"),
        ("Australia/Lord_Howe", date(2027, 4, 4), 15, "01:15 01:30+11 01:45+11 01:30+10.5 01:45+10.5 02:00"),
    ],
)
def test_where_the_clock_goes_back_slots_stand_in_the_order_of_time(zone: str, day: date, step: int, told: str) -> None:
    here = ZoneInfo(zone)
    begins = datetime(day.year, day.month, day.day, tzinfo=here).astimezone(UTC)
    starts = [(begins + n * timedelta(minutes=step)).astimezone(here) for n in range(24 * 60 // step)]
    twice = [start.replace(fold=0).utcoffset() != start.replace(fold=1).utcoffset() for start in starts]
    turning = [slot(10) | {"start": at, "which": "x" if both else ""} for at, both in zip(starts, twice, strict=True)]
    usual = [slot(hour) | {"start": datetime(2026, 11, 2, hour, tzinfo=here)} for hour in range(24)]
    given = [{"date": day, "slots": slots, "note": ""} for slots in (turning, usual)]
    shown = [item.split("|")[4] for item in items(columns(given, pattern, kept="")[0]) if item != GAP]
    assert shown == [start.isoformat() for start in starts]
    hours = [
        f"{start:%H:%M}" + f"+{start.utcoffset() / HOUR:g}" * both for start, both in zip(starts, twice, strict=True)
    ]
    assert told in " ".join(hours)


def test_whatever_was_written_by_somebody_is_escaped_and_filled_in_as_it_is() -> None:
    full = slot(10, "full", waiting_url="/w?a=1&start=", which="%(day)s <b>")
    told = only(full, kept="100 % <i>")
    assert told["kept"] == "100 % &lt;i&gt;"
    assert told["clock"] == "10:00 %(day)s &lt;b&gt;"
    assert told["waits"] == "/w?a=1&amp;start=2026-11-30T10%3A00%3A00%2B09%3A00"


@pytest.mark.parametrize(
    ("states", "mood"),
    [
        (["past", "few", "free"], "free"),
        (["full", "yours"], "free"),
        (["full", "few"], "few"),
        (["soon", "full"], "full"),
        (["past", "soon"], "soon"),
        (["past", "closed"], "closed"),
        ([], "closed"),
    ],
)
def test_a_day_looks_like_the_best_of_its_slots(states: list[str], mood: str) -> None:
    (day,) = table([slot(9 + n, state) for n, state in enumerate(states)])
    assert day.mood == mood


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (slot(10), "Free"),
        (slot(10, "few"), "Free"),
        (slot(10, capacity=8), "3 left"),
        (slot(10, "full", capacity=8), "Full"),
        (slot(10, "soon"), "Too soon to book"),
        (slot(10, "past"), "Over"),
        (slot(10, "closed"), "Closed"),
        (slot(10, "yours"), "Yours"),
    ],
)
def test_what_is_said_of_a_slot(given: dict[str, Any], word: str) -> None:
    told = only(given)
    assert (told["word"], told["clock"], told["until"]) == (word, "10:00", "11:30")


def test_it_is_said_in_the_readers_language(house: Flask) -> None:
    with house.app_context(), house.test_request_context("/?lang=ko"):
        assert (only(slot(15))["clock"], only(slot(15))["until"]) == ("오후 3:00", "오후 4:30")
        assert (short_day(MONDAY), weekday(MONDAY)) == ("11월 30일 (월)", "월")
    assert (short_day(MONDAY), weekday(MONDAY)) == ("Mon 30 Nov", "Mon")


def test_only_what_can_be_held_tells_its_price_and_only_what_is_full_where_to_wait() -> None:
    price = Money(30000)
    free, full = only(slot(10, price=price, waiting_url="/w")), only(slot(10, "full", price=price, waiting_url="/w"))
    assert (free["price"], free["waits"]) == ("₩30,000", "")
    assert (full["price"], full["waits"][:2]) == ("", "/w")


@pytest.mark.parametrize(
    ("home", "told"),
    [
        (None, ""),
        (datetime(2026, 11, 30, 1, tzinfo=UTC), "01:00 your time"),
        (datetime(2026, 11, 29, 20, tzinfo=UTC), "Sun 20:00 your time"),
    ],
)
def test_the_readers_own_time_comes_with_the_day_where_that_is_another(home: datetime | None, told: str) -> None:
    assert only(slot(10, home=home))["home"] == told
