"""Staff move a booking for its customer: with a reason, without more money, in the log."""

from datetime import timedelta

from flask import Flask

from tests.portal.web.staff.conftest import Desk
from tests.support.till import Shop


def address(shop: Shop) -> str:
    order = shop.bought(tea=0)
    return f"/orders/{order.number}/lines/{order.lines[0].id}/move"


def typed(shop: Shop, hour: int) -> str:
    return (shop.start + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M")


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
    assert "Write a day and a time." in answer.text
    for start, minutes in (
        ("9999-12-31T23:00", "44640"),
        ("0001-01-01T00:00", "60"),
        (typed(shop, 14), "0" * 8 + "9" * 9),
    ):
        assert desk.post(path, start=start, minutes=minutes, reason="x").status_code == 422
    assert shop.sql("SELECT count(*) AS n FROM moves")[0].n == 0


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
