"""Waiting for a full time, without JavaScript: the way from the slot to the line, to the offer, and out again."""

import re

import pytest

from portal.domains import waiting
from portal.domains.waiting import Line
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.portal.web.customer.conftest import Wares, at, hold, pay
from tests.support import people
from tests.support.shop import Browser, Shop


@pytest.fixture
def owner(shop: Shop, wares: Wares) -> Browser:
    """Has the only place at ten."""
    browser = shop.browser(people.customer(shop.engine))
    hold(browser)
    return browser


def address(page: str) -> str:
    found = re.search(r'href="(/products/studio-a/waiting\?[^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def join(browser: Browser) -> None:
    data = {"start": at(10).isoformat(), "quantity": "1", "length": "60"}
    answer = browser.post("/products/studio-a/waiting", data)
    assert (answer.status_code, answer.location) == (303, "/bookings#waiting"), answer.text


def let_go(shop: Shop, owner: Browser) -> None:
    (hold_id,) = shop.all("SELECT id FROM holds WHERE account_id = :me", me=owner.person.id if owner.person else None)[
        0
    ]
    assert owner.post(f"/holds/{hold_id}/release").status_code == 303


def serve(shop: Shop, wares: Wares) -> None:
    with transaction(shop.engine) as tx:
        waiting.offer_next(tx, Line(wares.room.id, wares.start), now=clock.now(), minutes=30, before=15)


def test_a_full_time_leads_to_its_waiting_list_and_that_to_my_bookings(
    shop: Shop, wares: Wares, owner: Browser, me: Browser
) -> None:
    week = me.get(f"/products/studio-a?week={at(10).date()}").text
    page = me.get(address(week)).text
    assert "Wait for this time" in page
    assert "30 minutes" in page
    join(me)
    mine = me.get("/bookings").text
    assert "Place 1 in line" in mine
    assert "Nothing booked yet" not in mine
    assert "Place 1 in line" in me.get(address(week)).text


def test_who_is_not_signed_in_comes_back_to_the_same_time(shop: Shop, wares: Wares, owner: Browser) -> None:
    guest = shop.browser()
    answer = guest.get(address(guest.get(f"/products/studio-a?week={at(10).date()}").text))
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")
    assert "waiting" in answer.location


def test_a_free_time_has_no_waiting_list(shop: Shop, wares: Wares, me: Browser) -> None:
    answer = me.post("/products/studio-a/waiting", {"start": at(10).isoformat(), "quantity": "1", "length": "60"})
    assert answer.status_code == 409
    assert "This time is free at the moment" in answer.text


@pytest.mark.parametrize(
    ("change", "status"),
    [({"quantity": "9"}, 422), ({"quantity": "x"}, 422), ({"length": "7"}, 422)],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    shop: Shop, owner: Browser, me: Browser, change: dict[str, str], status: int
) -> None:
    data = {"start": at(10).isoformat(), "quantity": "1", "length": "60", **change}
    assert me.post("/products/studio-a/waiting", data).status_code == status
    assert shop.one("SELECT count(*) FROM waiting_entries") == 0


@pytest.mark.parametrize("start", ["never", "", "2030-03-10T10:00"])
def test_a_start_that_cannot_be_read_leads_to_the_times_as_a_press_does(
    shop: Shop, owner: Browser, me: Browser, start: str
) -> None:
    data = {"start": start, "quantity": "1", "length": "60"}
    answers = [me.post(f"/products/studio-a/{what}", data) for what in ("holds", "waiting")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("Choose one of the times shown." in answer.text for answer in answers)
    assert shop.one("SELECT count(*) FROM waiting_entries") == 0
    assert me.get(f"/products/studio-a/waiting?start={start}").status_code == 404


def test_an_offer_is_shown_taken_and_paid(shop: Shop, wares: Wares, owner: Browser, me: Browser) -> None:
    join(me)
    let_go(shop, owner)
    serve(shop, wares)
    page = me.get("/bookings").text
    assert "Free for you" in page
    assert "Held for you until" in page
    assert "Studio A" in me.get("/checkout").text
    number = booked_from_the_basket(shop, me)
    assert number in me.get("/bookings").text
    assert "Free for you" not in me.get("/bookings").text
    with transaction(shop.engine) as tx:
        waiting.settle(tx, now=clock.now())
    assert shop.one("SELECT state FROM waiting_entries") == "taken"


def test_who_cannot_have_it_is_passed_over_and_the_press_is_a_hold(
    shop: Shop, wares: Wares, owner: Browser, me: Browser, stranger: Browser
) -> None:
    two = "UPDATE resources SET units = 2; UPDATE offerings SET max_quantity = 2"
    with shop.engine.begin() as connection:
        connection.exec_driver_sql(two)
    join_with(me, "2")
    let_go(shop, owner)
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE offerings SET max_quantity = 1")
    hold(stranger)
    assert shop.one("SELECT state FROM waiting_entries") == "waiting"


def join_with(browser: Browser, quantity: str) -> None:
    data = {"start": at(10).isoformat(), "quantity": quantity, "length": "60"}
    assert browser.post("/products/studio-a/waiting", data).status_code == 303


def booked_from_the_basket(shop: Shop, browser: Browser) -> str:
    answer = pay(browser)
    assert answer.status_code == 303, answer.text
    shop.settle()
    return str(answer.location).rpartition("/")[2]


def test_no_thank_you_passes_it_on_at_once(
    shop: Shop, wares: Wares, owner: Browser, me: Browser, stranger: Browser
) -> None:
    join(me)
    join(stranger)
    let_go(shop, owner)
    serve(shop, wares)
    entry = shop.one("SELECT id FROM waiting_entries WHERE state = 'offered'")
    assert me.post(f"/waiting/{entry}/leaving").status_code == 303
    assert "Free for you" in stranger.get("/bookings").text, "nobody had to look in between"
    assert "Free for you" not in me.get("/bookings").text


def test_who_presses_a_place_that_others_wait_for_comes_behind_them(
    shop: Shop, wares: Wares, owner: Browser, me: Browser, stranger: Browser
) -> None:
    join(me)
    let_go(shop, owner)
    answer = stranger.post("/products/studio-a/holds", {"start": at(10).isoformat(), "quantity": "1"})
    assert answer.status_code == 409
    assert "This time is taken" in answer.text
    assert "Free for you" in me.get("/bookings").text, "the press itself has served the line"


def test_anothers_entry_is_not_there(shop: Shop, owner: Browser, me: Browser, stranger: Browser) -> None:
    join(me)
    entry = shop.one("SELECT id FROM waiting_entries")
    assert stranger.post(f"/waiting/{entry}/leaving").status_code == 404
    assert me.post(f"/waiting/{entry}/leaving").status_code == 303
    assert shop.one("SELECT state FROM waiting_entries") == "left"


def test_an_offer_that_is_ordered_cannot_be_declined(shop: Shop, wares: Wares, owner: Browser, me: Browser) -> None:
    join(me)
    let_go(shop, owner)
    serve(shop, wares)
    booked_from_the_basket(shop, me)
    entry = shop.one("SELECT id FROM waiting_entries")
    assert me.post(f"/waiting/{entry}/leaving").status_code == 303
    assert "part of an order by now" in me.get("/bookings").text
    assert shop.one("SELECT count(*) FROM reservations WHERE status = 'CONFIRMED'") == 1
