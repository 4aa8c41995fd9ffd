"""Staff look at waiting lists and take somebody off."""

import re

from flask import Flask

from portal.domains.waiting import Entry
from portal.kernel.db import transaction
from tests.portal.domains.waiting.full import Full, full
from tests.portal.web.staff.conftest import Desk
from tests.support.till import Shop


def waiting_for(shop: Shop, waiters: int = 2) -> tuple[Full, list[Entry]]:
    with transaction(shop.engine) as tx:
        course = full(tx, places=1, waiters=waiters)
        return course, [course.join(tx, who) for who in range(waiters)]


def test_the_list_says_who_waits_where_in_the_line(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, "bookings")
    assert "Nobody here" in desk.get("/waiting").text
    waiting_for(shop)
    page = desk.get("/waiting").text
    assert "Place 1" in page
    assert "Place 2" in page
    assert "Nobody here" in desk.get("/waiting?which=ended").text
    assert "Nobody here" in desk.get("/waiting?product=nothing").text


def test_who_is_taken_off_is_off_with_a_reason_and_the_next_is_asked(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, "bookings")
    course, (first, _second) = waiting_for(shop)
    with transaction(shop.engine) as tx:
        course.free(tx)
        course.offer(tx)
    assert "Offered" in desk.get("/waiting?which=offered").text
    refused = desk.post(f"/waiting/{first.id}/removal", reason="")
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert desk.post(f"/waiting/{first.id}/removal", reason="Comes with friends.").status_code == 303
    states = [row.state for row in shop.sql("SELECT state FROM waiting_entries ORDER BY joined_at")]
    assert states == ["removed", "offered"]
    ended = desk.get("/waiting?which=ended").text
    assert "Taken off" in ended
    assert "Comes with friends." in desk.get(f"/waiting/{first.id}").text


def test_a_list_goes_on_page_by_page(app: Flask, shop: Shop) -> None:
    desk = Desk(app, shop, "bookings")
    waiting_for(shop, waiters=27)
    page = desk.get("/waiting").text
    (more,) = set(re.findall(r'href="/staff(/waiting\?[^"]*after=[^"]+)"', page))
    rest = desk.get(more.replace("&amp;", "&")).text
    assert "Place 25" in page
    assert "Place 26" not in page
    assert "Place 26" in rest
    assert "Place 27" in rest
