"""Giving back: exact amounts first, a request with a reason, a tracker, and clear words when it cannot be."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from portal.domains import catalog, payments, refunds
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.portal.web.customer.conftest import Wares, at, booked, form_of
from tests.support import people
from tests.support.nobody import NOBODY
from tests.support.shop import Browser, Shop


@pytest.fixture
def number(shop: Shop, me: Browser, wares: Wares) -> str:
    """A booking of ₩30,000 and towels of ₩10,000, paid with 4,000 points and ₩36,000; it earned 360."""
    return booked(shop, me, points="4000", **{f"goods-{wares.towel.id}": "2"})


def test_the_exact_amounts_are_shown_before_anything_is_asked(shop: Shop, me: Browser, number: str) -> None:
    page = me.get(f"/orders/{number}/refund").text
    assert "₩36,000" in page
    assert "4,000 P" in page
    assert "−360 P" in page
    assert shop.one("SELECT count(*) FROM refunds") == 0


def test_part_of_it_is_worked_out_for_htmx_and_for_plain_browsers(shop: Shop, me: Browser, number: str) -> None:
    goods = lines(shop, number)[1]
    piece = me.post(f"/orders/{number}/refund/quote", {"line": goods}, fragment=True).text
    assert piece.strip().startswith('<div class="beside panel" id="quote"')
    assert "₩9,000" in piece
    assert "1,000 P" in piece
    plain = me.post(f"/orders/{number}/refund/quote", {"line": goods})
    assert plain.status_code == 303
    page = me.get(plain.location).text
    assert "₩9,000" in page.partition('id="quote"')[2]


def test_a_request_is_written_as_shown_and_followed_on_the_order_page(shop: Shop, me: Browser, number: str) -> None:
    answer = ask(me, number, line=lines(shop, number), reason="I am ill.")
    assert answer.status_code == 303
    assert shop.all("SELECT state, amount, points, accrual, reason FROM refunds") == [
        ("requested", 36000, 4000, 360, "I am ill.")
    ]
    page = me.get(answer.location).text
    assert "We are looking at your request" in page
    assert "₩36,000 and 4,000 points" in page
    assert "Give it back" not in page, "a second request waits for the first"

    refund_id = UUID(str(shop.one("SELECT id FROM refunds")))
    clerk = people.staff(shop.engine, "admin")
    with transaction(shop.engine) as tx:
        refunds.approve(tx, refund_id, by=clerk.id, now=clock.now())
    shop.settle()
    page = me.get(answer.location).text
    assert "Your refund is complete" in page
    assert shop.one("SELECT state FROM orders") == "refunded"


def test_a_rejection_is_told_with_its_reason(shop: Shop, me: Browser, number: str) -> None:
    answer = ask(me, number, line=lines(shop, number), reason="Changed my mind")
    clerk = people.staff(shop.engine, "admin")
    with transaction(shop.engine) as tx:
        refund_id = UUID(str(shop.one("SELECT id FROM refunds")))
        refunds.reject(tx, refund_id, by=clerk.id, reason="The kiln was fired already.", now=clock.now())
    page = me.get(answer.location).text
    assert "was turned down" in page
    assert "The kiln was fired already." in page


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"reason": ""}, 422, "Tell us briefly why"),
        ({"reason": "   "}, 422, "Tell us briefly why"),
        ({"reason": "x" * 501}, 422, "At most 500 characters"),
        ({"line": []}, 422, "Choose at least one thing"),
        ({"line": ["nonsense"]}, 404, ""),
        ({"line": [str(NOBODY)]}, 404, ""),
        ({"shown": "1.00 0 0"}, 409, "another amount now"),
    ],
)
def test_what_cannot_be_asked_is_told_and_nothing_is_written(
    shop: Shop, me: Browser, number: str, fields: dict[str, Any], status: int, told: str
) -> None:
    answer = ask(me, number, **{"line": lines(shop, number), "reason": "I am ill.", **fields})
    assert answer.status_code == status
    assert told in answer.text
    if status == 422 and "line" in fields:
        assert "I am ill." in answer.text, "what was typed is kept"
    assert shop.one("SELECT count(*) FROM refunds") == 0


def test_another_orders_line_is_not_there(shop: Shop, me: Browser, stranger: Browser, number: str) -> None:
    theirs = lines(shop, booked(shop, stranger, start=at(14)))[0]
    assert me.get(f"/orders/{number}/refund?line={theirs}").status_code == 404
    assert ask(me, number, line=[theirs], reason="Why not").status_code == 404


def test_the_same_form_twice_is_one_request(shop: Shop, me: Browser, number: str) -> None:
    form = {**form_of(me.get(f"/orders/{number}/refund").text), "line": lines(shop, number), "reason": "I am ill."}
    first, second = me.post(f"/orders/{number}/refund", form), me.post(f"/orders/{number}/refund", form)
    assert first.status_code == second.status_code == 303
    assert shop.one("SELECT count(*) FROM refunds") == 1
    assert me.post(f"/orders/{number}/refund", {**form, "reason": "Another"}).status_code == 422


def test_a_second_request_is_told_that_one_is_under_way(shop: Shop, me: Browser, number: str) -> None:
    booking, goods = lines(shop, number)
    assert ask(me, number, line=[booking], reason="I am ill.").status_code == 303
    answer = ask(me, number, line=[goods], reason="The towels, too.")
    assert answer.status_code == 409
    assert "already on its way" in answer.text


def test_an_order_that_cannot_be_given_back_says_so(shop: Shop, me: Browser, number: str) -> None:
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE orders SET state = 'refunding'"))
    answer = me.get(f"/orders/{number}/refund")
    assert answer.status_code == 409
    assert "cannot be refunded now" in answer.text
    assert "To the order" in answer.text


def lines(shop: Shop, number: str) -> list[str]:
    """The ids of the order's lines, the booking first."""
    query = "SELECT l.id FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.number = :n ORDER BY position"
    return [str(row[0]) for row in shop.all(query, n=number)]


def ask(me: Browser, number: str, **fields: Any) -> Any:
    """Opens the form and sends it, without the amounts that the page shows for all lines."""
    page = me.get(f"/orders/{number}/refund").text
    form = {"key": re.findall(r'name="key" value="([^"]+)"', page)[0]} if 'name="key"' in page else {}
    return me.post(f"/orders/{number}/refund", {**form, **fields})


def test_the_page_follows_a_refund_closely_from_the_moment_it_is_approved(shop: Shop, me: Browser, number: str) -> None:
    ask(me, number, line=lines(shop, number), reason="I am ill.")
    assert 'hx-trigger="every 4s"' in me.get(f"/orders/{number}").text
    shop.pause()
    refund_id = UUID(str(shop.one("SELECT id FROM refunds")))
    with transaction(shop.engine) as tx:
        refunds.approve(tx, refund_id, by=people.staff(shop.engine, "admin").id, now=clock.now())
    assert 'hx-trigger="every 2s"' in me.get(f"/orders/{number}").text
    shop.settle()
    page = me.get(f"/orders/{number}").text
    assert "hx-trigger" not in page.partition('id="order-progress"')[2].partition(">")[0]


def test_a_request_can_be_taken_back_until_somebody_decided(
    shop: Shop, me: Browser, stranger: Browser, number: str
) -> None:
    answer = ask(me, number, line=lines(shop, number), reason="I am ill.")
    refund_id = shop.one("SELECT id FROM refunds")
    path = f"/orders/{number}/refund/{refund_id}/withdrawal"
    assert path in me.get(answer.location).text
    assert stranger.post(path).status_code == 404
    theirs = booked(shop, stranger, start=at(14))
    assert stranger.post(f"/orders/{theirs}/refund/{refund_id}/withdrawal").status_code == 404
    assert shop.one("SELECT state FROM refunds") == "requested"

    assert me.post(path).status_code == 303
    page = me.get(answer.location).text
    assert "You took your request back" in page
    assert "The bank did not take it" not in page
    assert "Give it back" in page, "another request is possible"
    assert path not in page

    assert me.post(path).location.endswith(f"/orders/{number}")
    assert "Somebody has already decided" in me.get(answer.location).text


def test_a_fee_is_shown_before_and_kept(shop: Shop, me: Browser, wares: Wares) -> None:
    with transaction(shop.engine) as tx:
        made = catalog.create_refund_policy(tx, catalog.PolicyFields("With a fee", [(24, 100)], fee_percent=10))
        catalog.assign_refund_policy(tx, wares.room.id, catalog.get_product(tx, wares.room.id).version, made.id)
    number = booked(shop, me, start=at(16), points="5000")
    page = me.get(f"/orders/{number}/refund").text
    assert "less a fee of 10 % of the price" in page
    assert "₩30,000" in page.partition("before the fee")[2].partition("</tr>")[0]
    assert "−₩3,000" in page
    assert "−₩3,000" in page
    assert "₩22,000" in page
    assert "5,000 P" in page
    assert ask(me, number, line=lines(shop, number), reason="I am ill.").status_code == 303
    assert shop.all("SELECT amount, points, fee FROM refunds") == [(22000, 5000, 3000)]


def test_money_that_has_not_arrived_is_never_told_as_arrived(shop: Shop, me: Browser, number: str) -> None:
    ask(me, number, line=lines(shop, number), reason="I am ill.")
    refund_id = shop.one("SELECT id FROM refunds")
    with transaction(shop.engine) as tx:
        refunds.approve(tx, refund_id, by=people.staff(shop.engine, "admin").id, now=clock.now())
    shop.settle()
    page = me.get(f"/orders/{number}").text
    assert "Came back to your card" in page
    assert "Refunded" in page

    with transaction(shop.engine) as tx:
        ref = shop.one("SELECT provider_ref FROM payment_attempts WHERE kind = 'refund'")
        assert refunds.settled(tx, payments.Repayment(ref, "failed", "expired_or_canceled_card"))

    page = me.get(f"/orders/{number}").text
    for told in ("Your refund is delayed", "Goes back to your card", "Being refunded"):
        assert told in page
    for untrue in ("Came back to your card", "Refunded"):
        assert untrue not in page
