"""The queue in front of a product in a rush, as a customer meets it; without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, text

from portal.domains import rushes
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.redis import client as redis_client
from tests.portal.web.customer.conftest import Wares, at
from tests.support import people
from tests.support.shop import Browser, Shop

QUEUE = "/products/studio-a/queue"
PLACE = re.compile(r'class="queue-number">([\d,]+)<')


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    redis = redis_client(redis_url)
    redis.flushall()
    yield redis
    redis.close()


def switch(engine: Engine, wares: Wares, *, on: bool = True, at_once: int = 1) -> None:
    staff = people.staff(engine, "catalog")
    with transaction(engine) as tx:
        known = rushes.rush_of(tx, wares.room.id)
        version = known.version if known else 0
        now = clock.now()
        rushes.set_rush(tx, wares.room.id, version, on=on, at_once=at_once, minutes=5, now=now, by=staff.id)


@pytest.fixture
def rush(shop: Shop, wares: Wares, redis: Redis) -> None:
    switch(shop.engine, wares)


def press(browser: Browser, hour: int = 10) -> str:
    """Where pressing a time leads."""
    answer = browser.post("/products/studio-a/holds", {"start": at(hour).isoformat(), "quantity": "1"})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def place(browser: Browser) -> int | str:
    """The place in the line, or where the queue leads."""
    answer = browser.get(QUEUE)
    if answer.status_code == 303:
        return str(answer.location)
    found = PLACE.search(answer.text)
    assert found, answer.text
    return int(found[1])


TIMES = "/products/studio-a#slots"


def test_one_chooses_after_the_other(shop: Shop, rush: None, me: Browser, stranger: Browser) -> None:
    assert "Get in line" in me.get("/products/studio-a").text
    assert place(me) == TIMES
    assert place(stranger) == 1
    assert press(stranger) == QUEUE
    assert "Get in line" in stranger.get("/products/studio-a").text
    assert "Get in line" not in me.get("/products/studio-a").text
    assert press(me) == "/checkout"
    assert place(stranger) == TIMES, "who has chosen makes room"
    assert press(stranger, 11) == "/checkout"


def test_a_guest_is_led_to_sign_in_and_back_to_the_queue(shop: Shop, rush: None) -> None:
    guest = shop.browser()
    assert "Get in line" in guest.get("/products/studio-a").text
    answer = guest.get(QUEUE)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")


def test_the_page_looks_again_by_itself_with_scripts_and_without(
    shop: Shop, rush: None, me: Browser, stranger: Browser
) -> None:
    place(me)
    page = stranger.get(QUEUE).text
    assert 'hx-trigger="every 5s"' in page
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    piece = stranger.client.get(QUEUE, headers={"HX-Request": "true"})
    assert piece.text.lstrip().startswith('<div id="queue"')
    me.post(f"{QUEUE}/leaving")
    turn = stranger.client.get(QUEUE, headers={"HX-Request": "true"})
    assert turn.headers["HX-Redirect"] == TIMES


def test_leaving_makes_room_and_who_comes_back_stands_at_the_end(
    shop: Shop, rush: None, me: Browser, stranger: Browser
) -> None:
    third = shop.browser(people.customer(shop.engine))
    assert [place(one) for one in (me, stranger, third)] == [TIMES, 1, 2]
    assert stranger.post(f"{QUEUE}/leaving").location == "/products/studio-a"
    assert place(third) == 1
    assert place(stranger) == 2


def test_nobody_goes_in_with_anothers_pass(shop: Shop, rush: None, me: Browser, stranger: Browser) -> None:
    place(me)
    assert place(stranger) == 1
    name = next(name for name in _cookies(me) if name.startswith("jari-queue-"))
    stranger.client.set_cookie(name, _cookies(me)[name], domain="localhost")
    assert place(stranger) == 1
    assert press(stranger) == QUEUE
    stranger.client.set_cookie(name, "forged." + _cookies(me)[name], domain="localhost")
    assert press(stranger) == QUEUE


def test_when_redis_has_lost_everything_people_sign_in_again_and_stand_where_they_stood(
    shop: Shop, wares: Wares, rush: None, redis: Redis, me: Browser, stranger: Browser
) -> None:
    third = shop.browser(people.customer(shop.engine))
    assert [place(one) for one in (me, stranger, third)] == [TIMES, 1, 2]
    with shop.engine.begin() as connection:  # switched on a while ago, so that a queue Redis does not know was lost
        connection.execute(text("UPDATE rushes SET opened_at = opened_at - interval '1 hour'"))
    redis.flushall()
    for one in (third, stranger, me):
        assert one.person
        one.csrf = people.sign_in(one.client, one.person).csrf
    assert place(third) == 1, "nobody else has come back yet"
    assert place(stranger) == 1
    assert place(third) == 2
    assert press(me) == "/checkout", "a pass says by itself that it is one"


def test_switched_off_in_the_middle_everybody_chooses(
    shop: Shop, wares: Wares, rush: None, me: Browser, stranger: Browser
) -> None:
    place(me)
    assert place(stranger) == 1
    switch(shop.engine, wares, on=False)
    assert place(stranger) == TIMES
    assert press(stranger) == "/checkout"
    switch(shop.engine, wares)
    assert place(stranger) == TIMES
    assert press(me) == QUEUE, "a pass of the rush before is none"
    assert "Get in line" in me.get("/products/studio-a").text


@pytest.mark.parametrize("away", ["redis://127.0.0.1:1/0"])
def test_without_its_redis_everybody_may_choose(
    shop_app: Flask, shop: Shop, wares: Wares, rush: None, stranger: Browser, me: Browser, away: str
) -> None:
    place(me)
    assert press(stranger) == QUEUE
    queue, tickets = shop_app.extensions["rushes"]
    shop_app.extensions["rushes"] = (rushes.Queue(redis_client(away)), tickets)
    try:
        assert press(stranger) == "/checkout"
    finally:
        shop_app.extensions["rushes"] = (queue, tickets)


def _cookies(browser: Browser) -> dict[str, str]:
    return {cookie.key: cookie.value for cookie in browser.client._cookies.values()}
