"""Holding: one press, a clear no, a little longer, and letting go; never for somebody else."""

from datetime import UTC, timedelta
from typing import Any
from urllib.parse import unquote, urlencode

import pytest
from sqlalchemy import text

from portal.kernel import clock
from portal.kernel.db import transaction
from tests import factories
from tests.portal.web.customer.conftest import SEOUL, Wares, at, form_of, hold, pay
from tests.portal.web.customer.test_product import take
from tests.support.shop import Browser, Shop
from tests.support.statements import counted_on


def test_one_press_holds_and_leads_to_the_checkout(shop: Shop, me: Browser) -> None:
    answer = me.post("/products/studio-a/holds", {"start": at(10).isoformat(), "quantity": "1", "length": "60"})
    assert (answer.status_code, answer.location) == (303, "/checkout")
    ((status, left),) = shop.all("SELECT status, expires_at - now() FROM reservations")
    assert status == "PENDING"
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


def test_a_hold_takes_few_trips_to_the_database(shop: Shop, me: Browser) -> None:
    with counted_on(shop.engine) as sent:
        me.post("/products/studio-a/holds", {"start": at(10).isoformat()})
    assert len(shop.all("SELECT FROM holds")) == 1
    assert sent.trips <= 5, [line[:80] for line in sent]


def test_htmx_is_led_there_too(me: Browser) -> None:
    answer = me.post("/products/studio-a/holds", {"start": at(10).isoformat()}, fragment=True)
    assert answer.headers["HX-Redirect"] == "/checkout"


def test_a_guest_signs_in_and_finds_their_choice_again(shop: Shop, wares: Wares, me: Browser) -> None:
    guest = shop.browser()
    guest.get("/products/studio-a")
    start = at(10).astimezone(SEOUL)
    answer = guest.post("/products/studio-a/holds", {"start": start.isoformat(), "week": start.date().isoformat()})
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")
    back = unquote(answer.location.partition("next=")[2])
    assert back.startswith("/products/studio-a?")
    assert shop.one("SELECT count(*) FROM reservations") == 0
    page = me.get(back).text
    assert "You chose" in page
    assert "Hold this time" in page
    assert f'value="{start.isoformat()}"' in page


def test_a_choice_that_was_taken_during_the_sign_in_is_told_as_that(shop: Shop, wares: Wares, me: Browser) -> None:
    take(shop, wares, at(10))
    start = at(10).astimezone(SEOUL)
    chosen = urlencode({"start": start.isoformat(), "week": start.date().isoformat()})
    page = me.get(f"/products/studio-a?{chosen}").text
    assert "You chose" in page
    assert "This time is taken. Choose another one." in page
    assert "Hold this time" not in page


def test_a_time_that_was_just_taken_is_told_with_the_times_as_they_are_now(
    shop: Shop, me: Browser, wares: Wares
) -> None:
    take(shop, wares, at(10))
    sent = {"start": at(10).isoformat(), "quantity": "1", "week": at(10).astimezone(SEOUL).date().isoformat()}
    page = me.post("/products/studio-a/holds", sent)
    piece = me.post("/products/studio-a/holds", sent, fragment=True)
    assert page.status_code == piece.status_code == 409
    for answer in (page, piece):
        assert "This time is taken. Choose another one." in answer.text
        assert f'value="{at(11).astimezone(SEOUL).isoformat()}"' in answer.text
    assert "<html" in page.text
    assert "<html" not in piece.text
    assert shop.one("SELECT count(*) FROM holds WHERE account_id = :id", id=me.person.id) == 0


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"start": ""}, "Choose one of the times shown."),
        ({"start": "tomorrow"}, "Choose one of the times shown."),
        ({"start": "2026-12-01T10:00:00"}, "Choose one of the times shown."),
        ({"start": "9999-12-31T23:59:59-12:00"}, "Choose one of the times shown."),
        ({"start": (clock.now() - timedelta(days=2)).isoformat()}, "already begun"),
        ({"start": at(10, days=400).isoformat()}, "too far ahead"),
        ({"start": (at(10) + timedelta(minutes=7)).isoformat()}, "Nothing begins at this time."),
        ({"quantity": "0"}, "Choose a number from 1 to 1."),
        ({"quantity": "-1"}, "Choose a number from 1 to 1."),
        ({"quantity": "2"}, "Choose a number from 1 to 1."),
        ({"quantity": "many"}, "Write a whole number"),
        ({"quantity": "9" * 40}, "Write a whole number"),
        ({"length": "90"}, "This lasts 60 minutes."),
        ({"length": "-60"}, "This lasts 60 minutes."),
        ({"length": "long"}, "Choose how long."),
        ({"length": "999999999"}, "This lasts 60 minutes."),
    ],
)
def test_what_cannot_be_held_is_told_and_nothing_is_held(
    shop: Shop, me: Browser, fields: dict[str, Any], told: str
) -> None:
    sent = {"start": at(10).isoformat(), "quantity": "1", "length": "60", **fields}
    answer = me.post("/products/studio-a/holds", sent)
    assert answer.status_code == 422
    assert told in answer.text
    assert shop.one("SELECT count(*) FROM reservations") == 0


def test_a_product_that_is_not_there_or_cannot_be_held(shop: Shop, me: Browser) -> None:
    assert me.post("/products/nowhere/holds", {"start": at(10).isoformat()}).status_code == 404
    answer = me.post("/products/linen-towel/holds", {"start": at(10).isoformat()})
    assert answer.status_code == 422


def test_more_time_is_one_press_and_keeps_what_was_typed(shop: Shop, me: Browser) -> None:
    held = hold(me)
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE reservations SET expires_at = now() + interval '1 minute'"))
    plain = me.post(f"/holds/{held}/extension", {"hold": held, "points": "300"})
    assert plain.status_code == 303
    assert "points=300" in plain.location
    assert shop.one("SELECT expires_at > now() + interval '14 minutes' FROM reservations") is True
    piece = me.post(f"/holds/{held}/extension", {"hold": held, "points": "300"}, fragment=True)
    assert piece.status_code == 200
    assert 'id="holds"' in piece.text
    assert "You have more time now." in piece.text


def test_the_eleventh_extension_is_refused_with_a_word(me: Browser) -> None:
    held = hold(me)
    for _ in range(10):
        assert me.post(f"/holds/{held}/extension").status_code == 303
    answer = me.post(f"/holds/{held}/extension")
    assert answer.status_code == 409
    assert "cannot be held any longer" in answer.text
    assert form_of(answer.text)["hold"] == held


def test_who_holds_a_great_deal_is_told_to_pay_or_let_go_first(shop: Shop, me: Browser, stranger: Browser) -> None:
    for hour in range(8, 18):
        hold(me, start=at(hour))
    wish = {"start": at(18).isoformat(), "quantity": "1"}
    for answer in (me.post("/products/studio-a/holds", wish), me.post("/products/studio-a/holds", wish, fragment=True)):
        assert answer.status_code == 409
        assert "You hold 10 times already" in answer.text
    assert shop.one("SELECT count(*) FROM holds") == 10
    assert me.post("/products/studio-a/holds", {"start": at(8).isoformat()}).status_code == 303, "it is theirs already"
    hold(stranger, start=at(18))


def test_letting_go_frees_the_place_for_others(shop: Shop, me: Browser, stranger: Browser) -> None:
    held = hold(me)
    answer = me.post(f"/holds/{held}/release", {"hold": held})
    assert answer.status_code == 303
    page = me.get(answer.location).text
    assert "Nothing is held for you" in page
    assert "no longer held" not in page
    assert hold(stranger) != held


def test_an_ordered_place_cannot_be_let_go(shop: Shop, me: Browser) -> None:
    held = hold(me)
    assert pay(me).status_code == 303
    shop.settle()
    answer = me.post(f"/holds/{held}/release")
    assert answer.status_code == 409
    assert shop.one("SELECT status FROM reservations") == "CONFIRMED"


@pytest.mark.parametrize("act", ["extension", "release"])
def test_somebody_elses_hold_is_not_there(shop: Shop, me: Browser, stranger: Browser, act: str) -> None:
    theirs = hold(stranger)
    before = shop.all("SELECT status, expires_at FROM reservations")
    assert me.post(f"/holds/{theirs}/{act}").status_code == 404
    assert me.post(f"/holds/nonsense/{act}").status_code == 404
    assert shop.all("SELECT status, expires_at FROM reservations") == before


def test_a_longer_booking_is_held_as_long_as_was_chosen(shop: Shop, me: Browser) -> None:
    with transaction(shop.engine) as tx:
        factories.bookable(tx, name="Kayak", slug="kayak", units=4, length=30, max_length=120)
    hold(me, "kayak", quantity="3", length="90")
    assert shop.all("SELECT ends_at - starts_at, quantity FROM holds") == [(timedelta(minutes=90), 3)]
    assert at(10).tzinfo == UTC
