"""A month of a product: a word for each day, the way to its times, and as few statements however much is booked."""

from datetime import timedelta
from typing import Any

import pytest

from portal.domains import reservations
from portal.kernel import clock
from portal.kernel.db import transaction
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


def test_as_many_statements_for_one_reservation_as_for_many(shop: Shop, wares: Wares, visitor: Browser) -> None:
    before = statements(shop.app, lambda: visitor.get(address(wares)))
    test_a_day_that_is_booked_out_says_so(shop, wares, visitor)
    after = statements(shop.app, lambda: visitor.get(address(wares)))
    assert len(after) == len(before) <= 12, [line[:80] for line in after]
