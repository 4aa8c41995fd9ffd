"""One order for staff: times by the venue's clock, and who did what."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from portal.domains import refunds
from portal.kernel import clock, words
from portal.kernel.db import transaction
from tests.portal.web.staff.conftest import Desk
from tests.support.till import Shop


def paid(shop: Shop) -> str:
    order = shop.order()
    assert shop.drive("payment", order.number) == "done"
    with transaction(shop.engine) as tx:
        refunds.request(tx, shop.get(order), by=shop.account_id, reason="I am ill.", now=clock.now())
    return order.number


def test_times_are_the_venues_wherever_it_is(app: Flask, shop: Shop) -> None:
    number = paid(shop)
    shop.sql("UPDATE resources SET time_zone = 'Europe/Lisbon'")
    start: datetime = shop.sql("SELECT starts_at FROM holds")[0].starts_at
    page = Desk(app, shop, "bookings").get(f"/orders/{number}").text
    assert words.moment(start, ZoneInfo("Europe/Lisbon")) in page
    assert words.moment(start, "Asia/Seoul") not in page


def test_it_says_who_did_what(app: Flask, shop: Shop) -> None:
    number = paid(shop)
    shop.sql("UPDATE accounts SET name = 'Kim Minji'")
    page = Desk(app, shop, "bookings").get(f"/orders/{number}").text
    told = page.partition("Who did what")[2]
    assert "was asked for" in told
    assert "Kim Minji" in told


def test_today_leads_to_what_was_touched_if_the_reader_may_see_it(app: Flask, shop: Shop) -> None:
    number = paid(shop)
    for role, leads in (("bookings", True), ("catalog", False)):
        page = Desk(app, shop, role).get("").text.partition("Just now")[2]
        assert number in page
        assert (f'href="/staff/orders/{number}"' in page) is leads
