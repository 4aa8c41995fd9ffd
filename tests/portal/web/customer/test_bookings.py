"""My bookings: mine alone, by when they take place, a page at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.portal.web.customer.conftest import Wares, booked, hold, pay
from tests.support.shop import Browser, Shop


def test_what_is_booked_is_to_come_until_it_is_over(shop: Shop, me: Browser) -> None:
    number = booked(shop, me)
    to_come = me.get("/bookings").text
    assert number in to_come
    assert "Studio A" in to_come
    assert "10:00 (KST)" in to_come
    assert number not in me.get("/bookings?which=past").text
    with shop.engine.begin() as connection:
        connection.execute(
            text("UPDATE holds SET starts_at = starts_at - :by, ends_at = ends_at - :by"), {"by": timedelta(9)}
        )
    assert number not in me.get("/bookings").text
    assert number in me.get("/bookings?which=past").text


def test_what_did_not_go_through_is_among_the_cancelled(shop: Shop, me: Browser) -> None:
    hold(me)
    pay(me, payment="pm_card_chargeDeclined")
    number = shop.one("SELECT number FROM orders")
    assert number not in me.get("/bookings").text
    assert number in me.get("/bookings?which=cancelled").text


def test_goods_alone_are_an_order_without_a_time(shop: Shop, me: Browser, wares: Wares) -> None:
    answer = pay(me, **{f"goods-{wares.towel.id}": "3"})
    assert answer.status_code == 303
    shop.settle()
    assert "Linen towel × 3" in me.get(answer.location).text
    assert answer.location.rpartition("/")[2] in me.get("/bookings?which=past").text


def test_each_sees_their_own_alone(shop: Shop, me: Browser, stranger: Browser) -> None:
    number = booked(shop, stranger)
    assert number not in me.get("/bookings").text
    assert "Nothing booked yet" in me.get("/bookings").text


@pytest.mark.parametrize(
    "query", ["which=all", "after=x", "after=2026-01-01T00:00:00,x", "after=,", "which=past&after=%FF"]
)
def test_odd_addresses_are_answered(me: Browser, query: str) -> None:
    assert me.get(f"/bookings?{query}").status_code == 200


@pytest.mark.parametrize("which", ["to-come", "past"])
def test_pages_follow_each_other_without_gap_or_double(shop: Shop, me: Browser, which: str) -> None:
    made = """
        WITH many AS (
            INSERT INTO orders (id, number, account_id, state, total, charge, placed_at)
            SELECT gen_random_uuid(), 'J-' || n, :account, 'completed', 5000, 5000,
                now() + :sign * (n / 3 + 1) * interval '1 hour'
            FROM generate_series(10, 54) n RETURNING id
        )
        INSERT INTO order_lines (id, order_id, position, kind, product_id, title, quantity, amount, charge_share)
        SELECT gen_random_uuid(), many.id, 0, 'goods', p.id, 'Towel', 1, 5000, 5000
        FROM many, products p WHERE p.slug = 'linen-towel'
    """
    with shop.engine.begin() as connection:
        sign = 1 if which == "to-come" else -1
        connection.execute(text(made), {"account": me.person.id, "sign": sign})
    seen: list[str] = []
    address = f"/bookings?which={which}"
    while address:
        page = me.get(address).text
        seen += [piece.partition("<")[0] for piece in page.split('class="booking-number">')[1:]]
        before, more, _ = page.partition("Show more")
        address = before.rpartition('href="/bookings')[2].partition('"')[0].replace("&amp;", "&") if more else ""
        address = address and f"/bookings{address}"
    assert len(seen) == 45
    assert len(set(seen)) == 45
