"""Slots of several days side by side: a cell for every time that one of them has, with what is said of it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.kernel.money import Money
from portal.web.short_days import short_day, weekday
from portal.web.slot_table import Cell, Column, columns

SEOUL = ZoneInfo("Asia/Seoul")
MONDAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def request_in_english(house: Flask) -> Iterator[None]:
    with house.test_request_context("/?lang=en"):
        yield


def slot(hour: int, state: str = "free", **other: Any) -> dict[str, Any]:
    start = datetime(2026, 11, 30, hour, tzinfo=SEOUL)
    known = {"at": f"{start:%H:%M}", "iso": start.isoformat(), "start": start, "end": start + timedelta(minutes=90)}
    return known | {"state": state, "left": 3, "capacity": 1, "waiting_url": "", "home": None, "price": None} | other


def table(*days: list[dict[str, Any]]) -> list[Column]:
    return columns([{"date": MONDAY + timedelta(days=n), "slots": slots, "note": ""} for n, slots in enumerate(days)])


def only(given: dict[str, Any]) -> Cell:
    (day,) = table([given])
    (cell,) = day.cells
    assert cell
    return cell


def test_a_time_that_a_day_does_not_have_is_a_gap_in_it() -> None:
    told = [[cell and cell.at for cell in day.cells] for day in table([slot(10), slot(14)], [slot(12)])]
    assert told == [["10:00", None, "14:00"], [None, "12:00", None]]


def test_a_day_without_slots_has_no_cells() -> None:
    assert [len(day.cells) for day in table([slot(10)], [])] == [1, 0]


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
    cell = only(given)
    assert (cell.word, cell.clock, cell.until) == (word, "10:00", "11:30")


def test_it_is_said_in_the_readers_language(house: Flask) -> None:
    with house.app_context(), house.test_request_context("/?lang=ko"):
        assert (only(slot(15)).clock, only(slot(15)).until) == ("오후 3:00", "오후 4:30")
        assert (short_day(MONDAY), weekday(MONDAY)) == ("11월 30일 (월)", "월")
    assert (short_day(MONDAY), weekday(MONDAY)) == ("Mon 30 Nov", "Mon")


def test_only_what_can_be_held_tells_its_price_and_only_what_is_full_where_to_wait() -> None:
    price = Money(30000)
    free, full = only(slot(10, price=price, waiting_url="/w")), only(slot(10, "full", price=price, waiting_url="/w"))
    assert (free.can, free.price, free.waits) == (True, price, "")
    assert (full.can, full.price, full.waits) == (False, None, "/w")


@pytest.mark.parametrize(
    ("home", "told"),
    [
        (None, ""),
        (datetime(2026, 11, 30, 1, tzinfo=UTC), "01:00 your time"),
        (datetime(2026, 11, 29, 20, tzinfo=UTC), "Sun 20:00 your time"),
    ],
)
def test_the_readers_own_time_comes_with_the_day_where_that_is_another(home: datetime | None, told: str) -> None:
    assert only(slot(10, home=home)).home == told
