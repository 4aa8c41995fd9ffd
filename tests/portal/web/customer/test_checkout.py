"""Paying: once, with points and card, told in place when the card is declined, and never half."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.kernel import clock
from portal.kernel.db import transaction
from tests import factories
from tests.portal.web.customer.conftest import POINTS, Wares, at, form_of, hold, pay
from tests.support.shop import Browser, Shop


def test_a_booking_is_paid_with_points_and_card_and_confirmed(shop: Shop, me: Browser, wares: Wares) -> None:
    hold(me)
    answer = pay(me, points="1000", **{f"goods-{wares.towel.id}": "2"})
    assert answer.status_code == 303
    number = answer.location.rpartition("/")[2]
    shop.settle()
    assert shop.all("SELECT state, total, points_used, charge FROM orders WHERE number = :n", n=number) == [
        ("completed", 40000, 1000, 39000)
    ]
    assert shop.all("SELECT status FROM reservations") == [("CONFIRMED",)]
    assert shop.one("SELECT stock FROM products WHERE id = :id", id=wares.towel.id) == 8
    page = me.get(answer.location).text
    assert "Your place is kept" in page
    assert "390 points" in page
    charged = [payment for payment in shop.provider.books()["payments"] if payment["metadata"].get("order") == number]
    assert [payment["amount_received"] for payment in charged] == [39000]


def test_a_declined_card_is_told_next_to_the_card_and_everything_is_as_before(shop: Shop, me: Browser) -> None:
    held = hold(me)
    answer = pay(me, payment="pm_card_chargeDeclined", points="700")
    assert answer.status_code == 422
    assert "Your card was declined" in answer.text
    assert 'value="700"' in answer.text, "what was typed is kept"
    assert form_of(answer.text)["hold"] == held, "the place is still held"
    left = shop.one("SELECT expires_at FROM reservations") - clock.now()
    assert left > timedelta(minutes=4, seconds=50)
    assert shop.one("SELECT balance FROM points_accounts WHERE account_id = :id", id=me.person.id) == POINTS

    again = me.post("/checkout", {**form_of(answer.text), "payment": "pm_card_visa", "points": "700"})
    assert again.status_code == 303
    shop.settle()
    assert shop.all("SELECT state FROM orders ORDER BY placed_at") == [("cancelled",), ("completed",)]


def test_a_card_that_asks_to_confirm_leads_to_the_order_page_with_the_way_to_the_bank(shop: Shop, me: Browser) -> None:
    hold(me)
    answer = pay(me, payment="pm_card_threeDSecure2Required")
    assert answer.status_code == 303
    page = me.get(answer.location).text
    assert "Your bank asks you to confirm" in page
    assert shop.one("SELECT action_url FROM orders") in page.replace("&amp;", "&")


def test_sending_the_same_form_twice_makes_one_order(shop: Shop, me: Browser) -> None:
    hold(me)
    form = {**form_of(me.get("/checkout").text), "payment": "pm_card_visa", "points": "0"}
    first, second = me.post("/checkout", form), me.post("/checkout", form)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    shop.settle()
    assert shop.one("SELECT count(*) FROM orders") == 1


def test_sending_the_same_form_with_other_contents_orders_nothing_more(shop: Shop, me: Browser) -> None:
    hold(me)
    form = {**form_of(me.get("/checkout").text), "payment": "pm_card_visa"}
    assert me.post("/checkout", {**form, "points": "0"}).status_code == 303
    answer = me.post("/checkout", {**form, "points": "10"})
    assert answer.status_code == 422
    assert "My bookings" in answer.text
    assert shop.one("SELECT count(*) FROM orders") == 1


def test_when_the_bank_is_slow_the_order_page_takes_over(shop: Shop, me: Browser, impatient: None) -> None:
    shop.pause()
    hold(me)
    answer = pay(me)
    assert answer.status_code == 303
    page = me.get(answer.location).text
    assert "Asking your bank" in page
    assert 'hx-trigger="every 1s"' in page
    assert "Pay ₩" not in page, "nobody is asked to pay again"


def test_points_alone_pay_without_a_card(shop: Shop, me: Browser) -> None:
    with transaction(shop.engine) as tx:
        factories.bookable(tx, name="Small room", slug="small", amount=POINTS)
    hold(me, "small")
    assert "Book with points" in me.post("/checkout/points", {"points": str(POINTS)}, fragment=True).text
    answer = pay(me, points=str(POINTS), payment="")
    assert answer.status_code == 303
    shop.settle()
    assert shop.all("SELECT state, charge FROM orders") == [("completed", 0)]


def test_goods_that_others_took_meanwhile_are_told_in_place(shop: Shop, me: Browser, wares: Wares) -> None:
    hold(me)
    form = {**form_of(me.get("/checkout").text), "payment": "pm_card_visa", f"goods-{wares.towel.id}": "10"}
    shop.pause()
    with ThreadPoolExecutor(1) as hand:
        sent = hand.submit(me.post, "/checkout", form)
        until(lambda: shop.one("SELECT count(*) FROM orders") == 1)
        with shop.engine.begin() as connection:
            connection.execute(text("UPDATE products SET stock = 4 WHERE id = :id"), {"id": wares.towel.id})
        shop.settle()
        answer = sent.result()
    assert answer.status_code == 422
    assert 'href="#goods"' in answer.text
    assert "Linen towel" in answer.text
    assert shop.all("SELECT state, refusal FROM orders") == [("cancelled", "out-of-stock")]


def test_two_presses_at_the_same_moment_make_one_order(shop: Shop, me: Browser) -> None:
    hold(me)
    form = {**form_of(me.get("/checkout").text), "payment": "pm_card_visa", "points": "0"}
    other = shop.browser(me.person)
    with ThreadPoolExecutor(2) as hands:
        answers = [press.result() for press in [hands.submit(one.post, "/checkout", form) for one in (me, other)]]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert shop.one("SELECT count(*) FROM orders") == 1


def test_an_empty_basket_says_what_to_do(me: Browser) -> None:
    page = me.get("/checkout")
    assert page.status_code == 200
    assert "Nothing is held for you" in page.text
    assert 'href="/"' in page.text
    assert pay(me).status_code == 409


def test_a_change_is_worked_out_for_htmx_and_for_browsers_without_scripts(
    shop: Shop, me: Browser, wares: Wares
) -> None:
    held = hold(me)
    typed = {"hold": held, "points": "1000", f"goods-{wares.towel.id}": "2", "payment": "pm_card_visa"}
    answer = me.post("/checkout/goods", typed, fragment=True)
    assert "Pay ₩39,000" in answer.text
    assert 'id="points-panel"' in answer.text
    assert "<html" not in answer.text
    slider = me.post("/checkout/points", typed, fragment=True)
    assert "Pay ₩39,000" in slider.text
    assert 'id="points-panel"' not in slider.text, "the field somebody is in is not taken from under their fingers"
    plain = me.post("/checkout/goods", typed)
    assert plain.status_code == 303
    assert "csrf" not in plain.location
    assert "key" not in plain.location
    assert "Pay ₩39,000" in me.get(plain.location).text


def test_more_points_than_there_are_are_not_reckoned_with(me: Browser) -> None:
    hold(me)
    assert "Pay ₩30,000" in me.post("/checkout/points", {"points": "999999"}, fragment=True).text


def test_the_refund_rule_stands_before_the_button(me: Browser) -> None:
    hold(me)
    page = me.get("/checkout").text
    assert page.index("You get back everything until") < page.index("Pay ₩30,000")


@pytest.fixture
def impatient(shop: Shop) -> Iterator[None]:
    """A checkout that waits a moment only."""
    shop.settings.checkout_wait, before = 0.1, shop.settings.checkout_wait
    yield
    shop.settings.checkout_wait = before


def until(so: Callable[[], bool]) -> None:
    """Waits a few seconds at most."""
    end = time.monotonic() + 5
    while not so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_times_are_told_on_the_venues_clock(me: Browser) -> None:
    hold(me, start=at(10))
    assert "10:00 (KST)" in me.get("/checkout").text
