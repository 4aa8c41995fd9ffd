"""Moving a booking on the pages: choose, see the exact difference, agree, follow; with and without scripts."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from portal.domains import orders, refunds
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.portal.web.customer.conftest import Wares, at, booked, hold
from tests.support import people
from tests.support.shop import Browser, Shop


@pytest.fixture
def number(shop: Shop, me: Browser, wares: Wares) -> str:
    """A booking of ₩30,000 at ten, paid by card."""
    return booked(shop, me)


def line_of(shop: Shop, number: str) -> str:
    query = "SELECT l.id FROM order_lines l JOIN orders o ON o.id = order_id WHERE number = :number AND position = 0"
    return str(shop.one(query, number=number))


def path(shop: Shop, number: str) -> str:
    return f"/orders/{number}/lines/{line_of(shop, number)}/move"


def preview(shop: Shop, me: Browser, number: str, hour: int = 14) -> Any:
    return me.get(f"{path(shop, number)}/preview?start={quote(at(hour).isoformat())}&length=60")


def agree(shop: Shop, me: Browser, number: str, hour: int = 14, **fields: Any) -> Any:
    page = preview(shop, me, number, hour).text
    hidden = dict(re.findall(r'<input type="hidden" name="(key|shown|start|length)" value="([^"]*)"', page))
    return me.post(path(shop, number), {**hidden, "payment": "pm_card_visa", **fields})


def costs(shop: Shop, amount: int) -> None:
    with shop.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE prices SET amount = {amount} WHERE unit = 'booking'")


def when(shop: Shop) -> list[Any]:
    rows = shop.all("SELECT lower(during) FROM reservations WHERE status = 'CONFIRMED' ORDER BY 1")
    return [row[0] for row in rows]


def test_from_the_order_to_a_time_to_the_difference_to_the_new_time(shop: Shop, me: Browser, number: str) -> None:
    page = me.get(f"/orders/{number}").text
    assert path(shop, number) in page
    week = me.get(path(shop, number)).text
    assert "Move to another time" in week
    assert "You can move it until" in week
    chosen = me.post(f"{path(shop, number)}/choice", {"start": at(14).isoformat(), "length": "60", "week": ""})
    assert chosen.status_code == 303
    shown = me.get(chosen.location).text
    assert "To pay now" in shown
    assert "₩0" in shown
    assert "pm_card_visa" not in shown, "nobody is asked for a card when there is nothing to pay"

    answer = agree(shop, me, number)
    assert answer.status_code == 303
    assert answer.location == f"/orders/{number}"
    shop.settle()
    page = me.get(answer.location).text
    assert "Your booking has moved" in page
    assert when(shop) == [at(14)]


def test_a_dearer_time_shows_the_difference_and_is_paid_with_a_card(shop: Shop, me: Browser, number: str) -> None:
    costs(shop, 45000)
    shown = preview(shop, me, number).text
    assert "Pay ₩15,000 and move it" in shown
    agree(shop, me, number)
    shop.settle()
    assert shop.all("SELECT total, charge FROM orders") == [(45000, 45000)]
    page = me.get(f"/orders/{number}").text
    assert "Your card was charged the difference" in page
    assert "₩45,000" in page


def test_a_cheaper_time_says_what_comes_back_and_how_far_that_is(shop: Shop, me: Browser, number: str) -> None:
    costs(shop, 20000)
    shown = preview(shop, me, number).text
    assert "Comes back to your card" in shown
    assert "₩10,000" in shown
    agree(shop, me, number)
    shop.settle()
    page = me.get(f"/orders/{number}").text
    assert "₩10,000 came back to your card." in page
    assert "You asked for it" not in page, "the difference is the move's to tell, not a refund of the customer's"


def test_a_declined_card_is_told_and_the_booking_stands(shop: Shop, me: Browser, number: str) -> None:
    costs(shop, 45000)
    answer = agree(shop, me, number, payment="pm_card_chargeDeclined")
    shop.settle()
    page = me.get(answer.location).text
    assert "Your booking was not moved" in page
    assert "Your booking stands where it was." in page
    assert when(shop) == [at(10)]
    assert path(shop, number) in page, "another card can be tried"


def test_a_bank_that_asks_to_confirm_leads_there_and_back(shop: Shop, me: Browser, number: str) -> None:
    costs(shop, 45000)
    agree(shop, me, number, payment="pm_card_threeDSecure2Required")
    shop.settle()
    page = me.get(f"/orders/{number}").text
    assert "Confirm at your bank" in page
    assert "Both times are kept meanwhile" in page
    back = me.get(f"/orders/{number}/moves/1?payment_intent=pi_x")
    assert (back.status_code, back.location) == (303, f"/orders/{number}")


def test_a_time_that_went_meanwhile_is_said_above_those_that_are_free(
    shop: Shop, me: Browser, stranger: Browser, number: str
) -> None:
    page = preview(shop, me, number).text
    hidden = dict(re.findall(r'<input type="hidden" name="(key|shown|start|length)" value="([^"]*)"', page))
    stranger.post("/products/studio-a/holds", {"start": at(14).isoformat(), "quantity": "1"})
    answer = me.post(path(shop, number), {**hidden, "payment": ""})
    assert answer.status_code == 409
    assert "This time is taken" in answer.text
    assert 'id="slots"' in answer.text
    assert when(shop) == [at(10)]


def test_another_difference_than_shown_is_shown_again(shop: Shop, me: Browser, number: str) -> None:
    page = preview(shop, me, number).text
    hidden = dict(re.findall(r'<input type="hidden" name="(key|shown|start|length)" value="([^"]*)"', page))
    costs(shop, 45000)
    answer = me.post(path(shop, number), {**hidden, "payment": "pm_card_visa"})
    assert answer.status_code == 409
    assert "The difference is another one now" in answer.text
    assert "₩15,000" in answer.text
    assert shop.one("SELECT count(*) FROM moves") == 0


def test_pressed_twice_it_moves_once(shop: Shop, me: Browser, number: str) -> None:
    agree(shop, me, number, key="twice")
    page_key = {"start": at(14).isoformat(), "length": "60", "key": "twice", "payment": "pm_card_visa"}
    assert me.post(path(shop, number), page_key).status_code == 303
    shop.settle()
    assert shop.one("SELECT count(*) FROM moves") == 1


def test_who_goes_back_and_sends_it_otherwise_is_told_that_it_was_sent_and_can_send_this_too(
    shop: Shop, me: Browser, number: str
) -> None:
    agree(shop, me, number, key="twice")
    otherwise = {"start": at(15).isoformat(), "length": "60", "key": "twice", "payment": "pm_card_visa"}
    shop.settle()
    answer = me.post(path(shop, number), otherwise)
    assert answer.status_code == 422
    assert "This was sent before, with other contents" in answer.text
    assert 'name="key" value="twice"' not in answer.text


def test_its_own_time_counts_as_free_and_is_marked(shop: Shop, me: Browser, number: str) -> None:
    page = me.get(path(shop, number)).text
    own = re.search(r'class="slot slot-(\w+)" data-at="10:00"[^>]*><span class="slot-time">', page)
    assert own
    assert "slot-yours" in page
    assert "slot-full" not in page.partition('id="slots"')[2].partition("slot-legend")[0].partition("legend")[0]


def test_a_month_leads_back_to_the_week(shop: Shop, me: Browser, number: str) -> None:
    page = me.get(f"{path(shop, number)}/month").text
    assert f"{path(shop, number)}?week=" in page
    assert "/products/studio-a?" not in page


def test_where_it_cannot_move_it_says_so_and_offers_nothing(shop: Shop, me: Browser, number: str) -> None:
    with transaction(shop.engine) as tx:
        order = orders.get_by_number(tx, number)
        refunds.request(tx, order, by=order.account_id, reason="ill", now=clock.now())
    answer = me.get(path(shop, number))
    assert answer.status_code == 409
    assert "just being paid, moved or given back" in answer.text
    assert "slots-form" not in answer.text
    assert path(shop, number) not in me.get(f"/orders/{number}").text


def test_strangers_find_nothing_of_it(shop: Shop, stranger: Browser, number: str) -> None:
    for address in (path(shop, number), f"{path(shop, number)}/preview?start=x", f"/orders/{number}/moves/1"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(path(shop, number), {"start": at(14).isoformat()}).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"start": ""},
        {"start": "yesterday"},
        {"start": "2026-12-01T10:00:00"},
        {"length": "999999999"},
        {"payment": "nonsense"},
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    shop: Shop, me: Browser, number: str, fields: dict[str, str]
) -> None:
    costs(shop, 45000)
    answer = agree(shop, me, number, **fields)
    assert answer.status_code == 422
    assert shop.one("SELECT count(*) FROM moves") == 0


@pytest.mark.parametrize("length", ["", "0", "long"])
def test_without_a_length_that_is_one_the_booking_keeps_its_own(
    shop: Shop, me: Browser, number: str, length: str
) -> None:
    assert agree(shop, me, number, length=length).status_code == 303
    new = shop.all("SELECT h.starts_at, h.ends_at FROM moves m JOIN holds h ON h.id = m.to_hold_id")
    assert new == [(at(14), at(15))]


def test_nobody_without_a_sign_in(shop: Shop, number: str) -> None:
    assert shop.browser().get(path(shop, number)).status_code in {302, 303}


def test_a_time_that_others_wait_for_is_offered_to_them_first(
    shop: Shop, me: Browser, stranger: Browser, number: str
) -> None:
    hold(stranger, start=at(14))
    other = shop.browser(people.customer(shop.engine))
    data = {"start": at(14).isoformat(), "quantity": "1", "length": "60"}
    assert other.post("/products/studio-a/waiting", data).status_code == 303
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE reservations SET expires_at = now() WHERE order_id IS NULL")
    answer = agree(shop, me, number)
    assert answer.status_code == 409
    assert "This time is taken" in answer.text
    assert when(shop) == [at(10)]
    assert shop.one("SELECT state FROM waiting_entries") == "offered"
