"""A product's page: its week, its states in words, its prices, and no way to break it by its address."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from portal.domains import catalog, reservations
from portal.kernel import clock
from portal.kernel.db import transaction
from tests import factories
from tests.portal.web.customer.conftest import SEOUL, Wares, at, hold
from tests.portal.web.customer.test_catalog import statements
from tests.support.shop import Browser, Shop


@pytest.fixture
def guest(shop: Shop, wares: Wares) -> Browser:
    return shop.browser()


def test_a_week_of_slots_is_shown_with_words_for_each_state(shop: Shop, guest: Browser, wares: Wares) -> None:
    take(shop, wares, at(10))
    page = guest.get("/products/studio-a").text
    assert page.count('class="day" ') == 7
    assert f'value="{at(11).astimezone(SEOUL).isoformat()}"' in page
    assert f'value="{at(10).astimezone(SEOUL).isoformat()}"' not in page, "what is taken cannot be pressed"
    assert "Full" in page
    assert "Free" in page
    assert "Seoul (KST)" in page


def test_the_week_can_be_turned_and_never_begins_before_today(guest: Browser) -> None:
    today = clock.now().astimezone(SEOUL).date()
    page = guest.get("/products/studio-a").text
    later = f"week={(today + timedelta(days=7)).isoformat()}"
    assert later in page
    assert "week=" + (today - timedelta(days=7)).isoformat() not in page
    back = guest.get(f"/products/studio-a?{later}").text
    assert f"week={today.isoformat()}" in back
    past = guest.get(f"/products/studio-a?week={(today - timedelta(days=30)).isoformat()}").text
    assert 'data-day="0"' in past
    assert f"day-{today.isoformat()}" in past


@pytest.mark.parametrize(
    "query",
    [
        "week=yesterday",
        "week=2026-13-40",
        "week=9999-12-31",
        "week=0001-01-01",
        "quantity=-3",
        "quantity=0",
        "quantity=1e9",
        "quantity=99999999999999999999",
        "length=-60",
        "length=7",
        "length=abc",
        "start=never",
        "start=2026-12-01T10:00",
        "start=9999-12-31T23:59:59-14:00",
        "week=" + "x" * 5000,
    ],
)
def test_nonsense_in_the_address_shows_the_page_as_it_can_be(guest: Browser, query: str) -> None:
    answer = guest.get(f"/products/studio-a?{query}")
    assert answer.status_code == 200
    assert 'class="slot slot-free"' in answer.text


def test_a_time_within_the_notice_says_so_and_one_that_has_begun_is_over(
    shop: Shop, guest: Browser, wares: Wares
) -> None:
    assert "Too soon to book" not in guest.get("/products/studio-a").text
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE offerings SET lead_time = 1500, start_step = 30"))
    page = guest.get("/products/studio-a").text
    words = re.findall(r'<button class="slot slot-(\w+)".*?<span class="slot-word">([^<]*)<', page, re.DOTALL)
    told = dict(words)
    assert told["soon"] == "Too soon to book"
    assert "Book at least 25 hours before it begins." in page
    if "past" in told:  # at midnight nothing is over yet
        assert told["past"] == "Over"
    assert "closed" not in told


def test_htmx_gets_the_slots_alone(guest: Browser) -> None:
    piece = guest.get("/products/studio-a?quantity=1", fragment=True).text.strip()
    assert piece.startswith('<section class="section" id="slots"')
    assert "<html" not in piece


def test_a_full_week_leads_to_the_next_free_day(shop: Shop, guest: Browser) -> None:
    open_on = at(10, days=20).astimezone(SEOUL).date()
    with transaction(shop.engine) as tx:
        late = factories.bookable(tx, name="Late opening", slug="late", hours=((open_on.weekday(), 600, 660),))
        tx.execute(
            text("INSERT INTO closures (id, resource_id, during) VALUES (gen_random_uuid(), :id, tstzrange(:a, :b))"),
            {"id": late.resource.id, "a": at(0, days=-1), "b": at(0, days=19)},
        )
    page = guest.get("/products/late").text
    assert "Nothing is free in these seven days." in page
    assert f"week={open_on.isoformat()}" in page
    assert "Next free day" in page
    assert "Next free day" not in guest.get(f"/products/late?week={open_on.isoformat()}").text


def test_a_product_of_free_length_is_shown_for_the_length_that_was_chosen(shop: Shop, guest: Browser) -> None:
    with transaction(shop.engine) as tx:
        factories.bookable(
            tx, name="Kayak", slug="kayak", units=10, length=30, max_length=120, amount=9000, price_unit="half_hour",
            hours=tuple((weekday, 600, 780) for weekday in range(7)),
        )  # fmt: skip
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(SEOUL).date()
    short = guest.get(f"/products/kayak?week={tomorrow}").text
    long = guest.get(f"/products/kayak?week={tomorrow}&length=120&quantity=3").text
    assert "30 minutes to 2 hours" in short
    assert f"{tomorrow}T12:30:00+09:00" in short
    assert f"{tomorrow}T12:30:00+09:00" not in long
    assert f"{tomorrow}T11:00:00+09:00" in long
    assert "₩108,000" in long, "four half hours, three boats"


def test_without_scripts_another_length_is_a_form_away(guest: Browser) -> None:
    guest.get("/products/studio-a")
    answer = guest.post("/products/studio-a/times", {"quantity": "5", "length": "60"})
    assert answer.status_code == 303
    assert "quantity=1&" in answer.location
    assert "csrf" not in answer.location
    assert guest.get(answer.location).status_code == 200


def test_a_price_that_is_going_to_change_is_told(shop: Shop, guest: Browser, wares: Wares) -> None:
    with transaction(shop.engine) as tx:
        catalog.schedule_price(
            tx,
            wares.room.id,
            amount=Decimal(35000),
            unit="booking",
            starts_at=at(0, days=9),
            now=clock.now(),
            reason="New lamps",
        )
    page = guest.get("/products/studio-a").text
    assert "₩35,000" in page
    assert "New lamps" in page
    assert "Prices over time" in page


def test_the_visitors_own_time_stands_second_where_it_differs(shop: Shop, me: Browser) -> None:
    assert "your time" not in me.get("/products/studio-a").text
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE accounts SET time_zone = 'Europe/Lisbon'"))
    page = me.get("/products/studio-a").text
    assert "your time" in page


def test_what_i_hold_is_mine_and_waits_at_the_foot_of_the_page(me: Browser) -> None:
    hold(me)
    page = me.get("/products/studio-a").text
    assert "slot-yours" in page
    assert "hold-bar" in page
    assert 'href="/checkout"' in page


def test_the_day_that_is_open_on_a_phone_stays_open(guest: Browser) -> None:
    third = (clock.now() + timedelta(days=2)).astimezone(SEOUL).date().isoformat()
    for asked in (f"slot-day={third}", f"start={at(10, days=2).isoformat().replace('+', '%2B')}"):
        page = guest.get(f"/products/studio-a?{asked}").text
        assert re.findall(r'name="slot-day" value="([^"]+)" checked', page) == [third]
    beyond = guest.get("/products/studio-a?slot-day=2199-01-01").text
    assert re.search(r'name="slot-day" value="[^"]+" checked', beyond), "one day is open in any case"


def test_goods_are_taken_along_or_sold_out(shop: Shop, guest: Browser, wares: Wares) -> None:
    assert "Take it along" in guest.get("/products/linen-towel").text
    with shop.engine.begin() as connection:
        connection.execute(text("UPDATE products SET stock = 0 WHERE kind = 'goods'"))
    assert "Sold out for now" in guest.get("/products/linen-towel").text


def test_a_product_that_is_offered_nowhere_says_so(shop: Shop, guest: Browser) -> None:
    with transaction(shop.engine) as tx:
        made = factories.product(tx, name="Some day", slug="some-day")
        factories.price(tx, made.id)
    page = guest.get("/products/some-day")
    assert page.status_code == 200
    assert "cannot be booked at the moment" in page.text


def test_the_number_of_statements_does_not_grow_with_what_is_booked(shop: Shop, guest: Browser, wares: Wares) -> None:
    before = statements(shop.app, lambda: guest.get("/products/studio-a"))
    for hour in range(9, 18):
        take(shop, wares, at(hour))
    after = statements(shop.app, lambda: guest.get("/products/studio-a"))
    assert len(after) == len(before) <= 14, [line[:80] for line in after]
    assert after.trips <= 4, "the product, what is told of it, what is free, and the end"


def take(shop: Shop, wares: Wares, start: datetime) -> None:
    """Somebody else takes the room."""
    with transaction(shop.engine) as tx:
        account = factories.account(tx)
        reservations.hold(
            tx, account_id=account.id, product_id=wares.room.id, starts_at=start, now=clock.now(), minutes=15
        )


def test_one_price_by_time_everywhere(shop: Shop, me: Browser, wares: Wares) -> None:
    """List, page, week, month, API, hold and checkout tell the same number for the same start."""
    dear = at(10, days=3).astimezone(SEOUL)
    with transaction(shop.engine) as tx:
        fields = catalog.RateFields(1, frozenset({dear.weekday()}), since=600, until=660, percent=50)
        catalog.schedule_rate(tx, wares.room.id, fields, reason="Rush", now=clock.now())
    page = me.get("/products/studio-a").text
    assert "What it costs when" in page
    assert re.search(r"from\s*<strong class=\"big-price money\">₩30,000", page)
    slots = re.findall(r'value="([^"]+)">.*?<span class="slot-price money">([^<]+)', page, re.DOTALL)
    assert dict(slots)[dear.isoformat()] == "₩45,000"
    assert dict(slots)[(dear + timedelta(hours=1)).isoformat()] == "₩30,000"
    assert "₩30,000" in me.get(f"/products/studio-a/month?day={dear.date()}").text
    asked = {"from": dear.date().isoformat(), "to": dear.date().isoformat()}
    told = me.client.get("/api/v1/products/studio-a/slots", query_string=asked).json
    assert {slot["start"]: slot["price"]["amount"] for slot in told}[dear.isoformat()] == "45000"
    assert re.search(r"from</span> <strong class=\"money\">₩30,000", me.get("/").text)
    held = me.post("/products/studio-a/holds", {"start": dear.isoformat(), "quantity": "1"})
    assert held.status_code == 303
    assert "₩45,000" in me.get("/checkout").text
    with transaction(shop.engine) as tx:
        (rate,) = catalog.rate_history(tx, wares.room.id)
        catalog.end_rate(tx, rate.id, reason="Over", now=clock.now())
    assert "₩45,000" in me.get("/checkout").text, "what is held keeps its price"
    assert "What it costs when" not in me.get("/products/studio-a").text


def test_beside_a_lower_price_stands_the_lowest_of_the_thirty_days_before(
    shop: Shop, guest: Browser, wares: Wares
) -> None:
    assert "Lowest price of the last 30 days" not in guest.get("/products/studio-a").text
    with transaction(shop.engine) as tx:
        given = {"unit": "booking", "now": clock.now(), "reason": "Winter"}
        catalog.schedule_price(tx, wares.room.id, amount=Decimal(25000), **given)  # type: ignore[arg-type]  # as given
    page = guest.get("/products/studio-a").text
    assert "Lowest price of the last 30 days: ₩30,000" in page
    assert '<svg class="price-chart"' in page


def test_an_hour_that_comes_twice_can_be_chosen_twice(database: Engine, guest: Browser) -> None:
    lisbon = clock.zone("Europe/Lisbon")
    noon = clock.now().astimezone(lisbon).replace(hour=12) + timedelta(days=1)
    goes_back = next(
        day
        for day in (noon + timedelta(days=n) for n in range(400))
        if (day.utcoffset() or timedelta()) < ((day - timedelta(days=1)).utcoffset() or timedelta())
    ).date()
    with transaction(database) as tx:
        factories.bookable(tx, slug="quay", time_zone="Europe/Lisbon", start_step=60, horizon_days=500)
    page = guest.get(f"/products/quay?week={goes_back}").text
    for time in ("00:00:00+01:00", "01:00:00+01:00", "01:00:00+00:00", "02:00:00+00:00"):
        assert page.count(f'value="{goes_back}T{time}"') == 1
    assert re.findall(r"01:00 (WES?T)", page) == ["WEST", "WET"]
    assert not re.findall(r'data-at="(?!\d\d:\d\d")', page), "arrow keys read it as a time"
