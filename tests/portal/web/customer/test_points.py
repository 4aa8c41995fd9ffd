"""Points: the balance and the lines behind it, mine alone, with the way to their orders."""

import pytest

from portal.domains import points
from portal.kernel.db import transaction
from tests.portal.web.customer.conftest import booked
from tests.support.shop import Browser, Shop


def test_the_balance_and_where_it_came_from(shop: Shop, me: Browser) -> None:
    number = booked(shop, me, points="1000")
    page = me.get("/points").text
    assert "4,290 P" in page, "5,000 − 1,000 + 1 % of 29,000"
    for told in ("+5,000", "−1,000", "+290", "Welcome", f'href="/orders/{number}"'):
        assert told in page


def test_held_points_are_told_apart(shop: Shop, me: Browser) -> None:
    booked(shop, me, points="1000")
    with transaction(shop.engine) as tx:
        points.give_back(tx, "back", me.person.id, shop.one("SELECT id FROM orders"), 1000)
    page = me.get("/points").text
    assert "4,290 P" in page
    assert "1,000 P" in page
    assert "until a refund is complete" in page


def test_without_points_the_page_says_how_to_get_some(stranger: Browser, me: Browser) -> None:
    page = stranger.get("/points").text
    assert "No points yet" in page
    assert "Welcome" not in page


def test_long_ledgers_are_read_page_by_page(shop: Shop, me: Browser) -> None:
    with transaction(shop.engine) as tx:
        for n in range(30):
            points.grant(tx, f"gift {n}", me.person.id, 1, f"Gift {n:02}")
    first = me.get("/points").text
    assert first.count("Gift ") == 25
    assert "Gift 29" in first
    more = first.partition("Show more")[0].rpartition('href="/points?before=')[2].partition('"')[0]
    second = me.get(f"/points?before={more}").text
    assert "Gift 04" in second
    assert "Gift 05" not in second
    assert "Back to the start" in second


@pytest.mark.parametrize("query", ["before=nonsense", "before=", "before=00000000-0000-0000-0000-000000000000"])
def test_odd_addresses_are_answered(me: Browser, query: str) -> None:
    assert me.get(f"/points?{query}").status_code == 200
