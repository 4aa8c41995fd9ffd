"""Staff move a booking for its customer: with a reason, without more money, in the log."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from portal.kernel import clock
from tests.portal.web.staff.conftest import Desk
from tests.support.till import Shop


def address(shop: Shop) -> str:
    order = shop.bought(tea=0)
    return f"/orders/{order.number}/lines/{order.lines[0].id}/move"


def typed(shop: Shop, hour: int) -> str:
    return (shop.start + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M")


NEW_YORK = ZoneInfo("America/New_York")


def change(hours: int) -> date:
    """The next day, a week or more from now, that is so much longer than others in New York."""
    first = clock.now().date() + timedelta(days=7)
    days = (first + timedelta(days=n) for n in count())
    return next(day for day in days if utc(day + timedelta(days=1)) - utc(day) == timedelta(hours=24 + hours))


def utc(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=NEW_YORK).astimezone(UTC)


def in_new_york(shop: Shop) -> str:
    """The address, of a booking there; others begin at every half hour, however far ahead."""
    path = address(shop)
    shop.free_length()
    shop.sql("UPDATE offerings SET horizon_days = 730")
    shop.sql("UPDATE resources SET time_zone = 'America/New_York'")
    return path


def taken(shop: Shop) -> list[tuple[datetime, timedelta]]:
    """From when, and for how long, the room is kept for bookings that move."""
    query = "SELECT lower(during) AS start, upper(during) AS end FROM reservations WHERE status = 'PENDING'"
    return [(row.start.astimezone(UTC), row.end - row.start) for row in shop.sql(query)]


def test_it_moves_for_a_reason_and_costs_nothing_more(app: Flask, shop: Shop) -> None:
    path = address(shop)
    shop.costs(45000)
    desk = Desk(app, shop, "bookings")
    assert path in desk.get(path.partition("/lines")[0]).text
    assert "On the venue" in desk.get(path).text

    answer = desk.post(path, start=typed(shop, 14), minutes="60", reason="The room is being mended.")
    assert answer.status_code == 303, answer.text
    number = shop.sql("SELECT number FROM moves")[0].number
    assert shop.drive("move", number) == "done"
    assert shop.booked() == [(14, 15)]
    assert [tuple(row) for row in shop.sql("SELECT total, charge FROM orders")] == [(30000, 28000)]
    page = desk.get(path.partition("/lines")[0]).text
    assert "A booking was moved: The room is being mended." in page
    assert "Move to another time" in page


def test_without_a_reason_or_a_time_nothing_moves(app: Flask, shop: Shop) -> None:
    path, desk = address(shop), Desk(app, shop, "bookings")
    answer = desk.post(path, start=typed(shop, 14), minutes="60", reason=" ")
    assert answer.status_code == 422
    assert "say why, please" in answer.text
    answer = desk.post(path, start="soon", minutes="many", reason="x")
    assert answer.status_code == 422
    assert "This is not a day or time." in answer.text
    assert answer.text.count("Write a whole number.") == 1
    assert "Write a day and a time." in desk.post(path, start="", minutes="60", reason="x").text
    for start, minutes in (
        ("9999-12-31T23:00", "44640"),
        ("0001-01-01T00:00", "60"),
        (typed(shop, 14), "0" * 8 + "9" * 9),
        (typed(shop, 14), "0"),
    ):
        assert desk.post(path, start=start, minutes=minutes, reason="x").status_code == 422
    assert shop.sql("SELECT count(*) AS n FROM moves")[0].n == 0


def test_a_start_in_the_hour_that_does_not_exist_is_refused_beside_its_field(app: Flask, shop: Shop) -> None:
    path, desk = in_new_york(shop), Desk(app, shop, "bookings")
    answer = desk.post(path, start=f"{change(-1)}T02:30", minutes="60", reason="It leaks.")
    assert answer.status_code == 422
    assert "The clock never shows 02:30 on that day: it goes from 01:59 to 03:00." in answer.text
    assert 'id="start-error"' in answer.text
    assert f'value="{change(-1)}T02:30"' in answer.text
    assert "It leaks." in answer.text
    assert taken(shop) == []


@pytest.mark.parametrize(("which", "hour"), [("first", 5), ("second", 6)])
def test_of_a_start_in_the_hour_that_comes_twice_staff_say_which(app: Flask, shop: Shop, which: str, hour: int) -> None:
    path, desk, day = in_new_york(shop), Desk(app, shop, "bookings"), change(1)
    typed = {"start": f"{day}T01:30", "minutes": "60", "reason": "It leaks."}
    for unsaid in ({}, {"start-which": "third"}):
        asked = desk.post(path, **typed, **unsaid)
        assert asked.status_code == 422
        assert "The clock shows 01:30 twice on that day." in asked.text
        assert 'name="start-which"' in asked.text
        assert "the first: EDT" in asked.text
        assert "the second: EST" in asked.text
    assert taken(shop) == []
    answer = desk.post(path, **typed, **{"start-which": which})
    assert answer.status_code == 303, answer.text
    assert taken(shop) == [(datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC), timedelta(hours=1))]


def test_it_lasts_as_long_as_was_typed_also_where_the_clock_changes(app: Flask, shop: Shop) -> None:
    path, desk, day = in_new_york(shop), Desk(app, shop, "bookings"), change(1)
    answer = desk.post(path, start=f"{day}T00:30", minutes="120", reason="It leaks.")
    assert answer.status_code == 303, answer.text
    assert taken(shop) == [(datetime(day.year, day.month, day.day, 4, 30, tzinfo=UTC), timedelta(hours=2))]


def test_an_end_that_cannot_be_is_told_beside_the_minutes(app: Flask, shop: Shop) -> None:
    path, desk = in_new_york(shop), Desk(app, shop, "bookings")
    answer = desk.post(path, start=f"{change(1)}T12:00", minutes="45", reason="It leaks.")
    assert answer.status_code == 422
    assert 'id="minutes-error"' in answer.text


def test_who_goes_back_and_sends_it_otherwise_is_told_that_it_was_sent(app: Flask, shop: Shop) -> None:
    path, desk = address(shop), Desk(app, shop, "bookings")
    desk.post(path, start=typed(shop, 14), minutes="60", reason="It leaks.", key="once")
    answer = desk.post(path, start=typed(shop, 15), minutes="60", reason="It leaks.", key="once")
    assert answer.status_code == 422
    assert "This was sent before, with other contents" in answer.text
    assert 'name="key" value="once"' not in answer.text


def test_only_who_may_see_bookings_moves_them(app: Flask, shop: Shop) -> None:
    path = address(shop)
    assert Desk(app, shop, "catalog").get(path).status_code == 403
    assert Desk(app, shop, "catalog").post(path, start=typed(shop, 14), minutes="60", reason="x").status_code == 403
