"""A month of a product: a word for each day, the way to its times, and as few statements however much is booked."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.domains import reservations
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.web.customer import month, picker
from tests import factories
from tests.portal.web.customer.conftest import SEOUL, Wares, at
from tests.portal.web.customer.test_catalog import statements
from tests.support.shop import Browser, Shop


@pytest.fixture
def visitor(shop: Shop, wares: Wares) -> Browser:
    return shop.browser()


def address(wares: Wares) -> str:
    return f"/products/studio-a/month?day={wares.start.astimezone(SEOUL).date()}"


def test_every_day_says_how_it_looks_and_leads_to_its_times(wares: Wares, visitor: Browser) -> None:
    page = visitor.get(address(wares))
    day = wares.start.astimezone(SEOUL).date()
    assert page.status_code == 200
    assert f"week={day}" in page.text
    assert f"slot-day={day}" in page.text
    assert ", free" in page.text
    assert "Next free day" in page.text


def test_a_day_that_is_booked_out_says_so(shop: Shop, wares: Wares, visitor: Browser) -> None:
    begin = at(0)
    with transaction(shop.engine) as tx:
        account = factories.account(tx)
        for hour in range(24):
            start = begin + timedelta(hours=hour)
            wish: dict[str, Any] = {"account_id": account.id, "product_id": wares.room.id, "starts_at": start}
            reservations.hold(tx, **wish, minutes=15, now=clock.now())
    assert ", full" in visitor.get(address(wares)).text


def test_another_month_comes_alone_for_htmx_and_nothing_before_today(wares: Wares, visitor: Browser) -> None:
    part = visitor.get("/products/studio-a/month?day=1999-01-01", fragment=True).text
    assert "<html" not in part
    assert 'id="month"' in part
    assert "too soon" not in part
    assert visitor.get("/products/linen-towel/month").status_code == 404
    assert visitor.get("/products/studio-a/month?day=nonsense&with=nonsense").status_code == 404


def test_the_month_that_runs_begins_with_the_week_that_runs(shop: Shop, wares: Wares, visitor: Browser) -> None:
    with transaction(shop.engine) as tx:
        found = picker.venue_of(tx, wares.room)
        assert found
        choice = picker.choice_of(found, MultiDict(), clock.now())

        def first_and_last(day: date | None, now: datetime) -> list[date]:
            days = month.look(tx, wares.room, found, choice, day, now)["days"]
            return [days[0]["date"], days[-1]["date"]]

        with shop.app.test_request_context():
            friday = datetime(2026, 11, 27, 12, tzinfo=SEOUL)
            assert first_and_last(None, friday) == [date(2026, 11, 23), date(2026, 12, 6)]
            assert first_and_last(date(2026, 12, 24), friday) == [date(2026, 11, 30), date(2027, 1, 3)]
            last_day = datetime(2026, 11, 30, 12, tzinfo=SEOUL)
            assert first_and_last(None, last_day) == [date(2026, 11, 30), date(2026, 12, 6)]
            assert first_and_last(None, datetime(2026, 11, 1, 12, tzinfo=SEOUL))[0] == date(2026, 10, 26)


def test_as_many_statements_for_one_reservation_as_for_many(shop: Shop, wares: Wares, visitor: Browser) -> None:
    before = statements(shop.app, lambda: visitor.get(address(wares)))
    test_a_day_that_is_booked_out_says_so(shop, wares, visitor)
    after = statements(shop.app, lambda: visitor.get(address(wares)))
    assert len(after) == len(before) <= 12, [line[:80] for line in after]
