"""The order page: the story as it happens, for its owner alone, and never «pay again» while nothing is known."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import icalendar
import requests
from sqlalchemy import text

from portal.kernel.db import transaction
from tests import factories
from tests.portal.web.customer.conftest import Wares, at, booked, hold, pay
from tests.support.shop import Browser, Shop


def test_the_page_tells_the_story_the_places_and_the_money(shop: Shop, me: Browser, wares: Wares) -> None:
    number = booked(shop, me, points="1000", **{f"goods-{wares.towel.id}": "1"})
    page = me.get(f"/orders/{number}").text
    for told in (
        "Your place is kept",
        "Your card was charged",
        "1,000 points are set aside",
        "Studio A",
        "10:00 (KST)",
    ):
        assert told in page
    for money in ("₩35,000", "₩34,000", "₩5,000"):
        assert money in page
    assert "hx-trigger" not in page.partition('id="order-progress"')[2].partition(">")[0], (
        "what has ended is not polled"
    )


def test_an_order_under_way_looks_again_by_itself_and_says_nothing_twice(shop: Shop, me: Browser) -> None:
    number = under_way(shop, me)
    page = me.get(f"/orders/{number}").text
    again = page.partition('id="order-progress"')[2].partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    assert 'hx-trigger="every 1s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert me.get(again, fragment=True).status_code == 204
    shop.settle()
    piece = me.get(again, fragment=True)
    assert piece.status_code == 200
    assert "Your place is kept" in piece.text
    assert piece.text.count("hx-swap-oob") == 3
    assert "<html" not in piece.text


def test_it_looks_seldom_when_it_takes_long(shop: Shop, me: Browser) -> None:
    number = under_way(shop, me)
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE orders SET placed_at = now() - interval '1 hour'"))
    assert 'hx-trigger="every 20s"' in me.get(f"/orders/{number}").text


def test_while_the_answer_is_unknown_nobody_is_asked_to_pay_again(shop: Shop, me: Browser) -> None:
    shop.settings.checkout_wait, before = 0.1, shop.settings.checkout_wait
    shop.provider.fault("confirm", "error_after")
    hold(me)
    answer = pay(me)
    shop.settle()
    shop.settings.checkout_wait = before
    page = me.get(answer.location).text
    assert "We are still waiting for your bank" in page
    assert "Please do not pay again" in page
    number = answer.location.rpartition("/")[2]
    assert shop.drive(number) == "done"
    assert "Your place is kept" in me.get(answer.location).text


def test_a_customer_back_from_the_bank_wakes_the_order(shop: Shop, me: Browser) -> None:
    hold(me)
    answer = pay(me, payment="pm_card_threeDSecure2Required")
    shop.settle()
    shop.pause()
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE sagas SET next_at = now() + interval '20 minutes'"))
    back = me.get(f"{answer.location}?payment_intent=pi_1&redirect_status=succeeded")
    assert (back.status_code, back.location) == (303, answer.location)
    assert shop.one("SELECT next_at <= now() FROM sagas") is True
    assert shop.one("SELECT state FROM orders") == "awaiting_payment", "what the address says is not believed"


def test_a_parked_order_says_that_a_person_looks_at_it(shop: Shop, me: Browser) -> None:
    number = under_way(shop, me)
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE sagas SET state = 'parked', park_reason = 'a secret of the house'"))
    page = me.get(f"/orders/{number}").text
    assert "This takes longer than it should" in page
    assert "a secret of the house" not in page


def test_a_cancelled_order_says_why_and_leads_back(shop: Shop, me: Browser) -> None:
    hold(me)
    pay(me, payment="pm_card_chargeDeclined")
    page = me.get(f"/orders/{shop.one('SELECT number FROM orders')}").text
    assert "Your card was declined" in page
    assert "Back to paying" in page


def test_a_payment_that_its_customer_refused_is_told_as_theirs_to_decide(shop: Shop, me: Browser) -> None:
    hold(me)
    answer = pay(me, payment="pm_card_threeDSecure2Required")
    shop.settle()
    bank = shop.one("SELECT action_url FROM orders")
    back = requests.post(bank, data={"decision": "refuse"}, timeout=5, allow_redirects=False).headers["Location"]
    me.get(f"{answer.location}?{urlsplit(back).query}")
    shop.settle()
    page = me.get(answer.location).text
    assert "You did not confirm the payment at your bank" in page
    assert "declined" not in page
    assert "Back to paying" in page


def test_the_calendar_file_has_the_place_in_its_own_zone(shop: Shop, me: Browser) -> None:
    number = booked(shop, me)
    answer = me.get(f"/orders/{number}/calendar.ics?booking=1")
    assert answer.mimetype == "text/calendar"
    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert event.decoded("dtstart") == at(10)
    assert event["dtstart"].params["TZID"] == "Asia/Seoul"
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=1)
    for odd in ("0", "2", "-1", "x"):
        assert me.get(f"/orders/{number}/calendar.ics?booking={odd}").status_code == 404


def test_an_order_that_is_not_confirmed_has_no_calendar_file(shop: Shop, me: Browser) -> None:
    assert me.get(f"/orders/{under_way(shop, me)}/calendar.ics").status_code == 404


def test_somebody_elses_order_is_not_there(shop: Shop, me: Browser, stranger: Browser) -> None:
    number = booked(shop, stranger)
    paths = ("", "?payment_intent=pi_1", "/calendar.ics", "/refund")
    assert [me.get(f"/orders/{number}{path}").status_code for path in paths] == [404] * 4
    assert me.post(f"/orders/{number}/refund", {"reason": "mine now"}).status_code == 404
    assert me.get("/orders/J-0000-0000").status_code == 404
    assert me.get("/orders/" + "x" * 3000).status_code == 404
    assert shop.one("SELECT count(*) FROM refunds") == 0


def test_a_guest_is_asked_to_sign_in_and_comes_back(shop: Shop, me: Browser) -> None:
    number = booked(shop, me)
    answer = shop.browser().get(f"/orders/{number}")
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=/orders/")


def test_two_places_are_told_apart(shop: Shop, me: Browser) -> None:
    with transaction(shop.engine) as tx:
        factories.bookable(tx, name="Studio B", slug="studio-b", amount=20000)
    hold(me)
    hold(me, "studio-b", start=at(12))
    form = me.get("/checkout").text
    assert form.count('name="hold"') == 2
    holds = re.findall(r'name="hold" value="([^"]+)"', form)
    answer = pay(me, hold=holds)
    shop.settle()
    page = me.get(answer.location).text
    assert "Studio A" in page
    assert "Studio B" in page
    assert "booking=2" in page


def under_way(shop: Shop, me: Browser) -> str:
    """An order that nobody works on yet; its number."""
    shop.settings.checkout_wait, before = 0.05, shop.settings.checkout_wait
    shop.pause()
    hold(me)
    answer = pay(me)
    shop.settings.checkout_wait = before
    return str(answer.location).rpartition("/")[2]
