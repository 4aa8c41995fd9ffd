"""A rush in a browser: the queue's page counts down by itself and opens, on a phone and without scripts too."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from portal.domains import catalog, rushes
from portal.domains.rushes import Queue, Terms
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.ids import new_id
from portal.kernel.redis import client
from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House
from tests.journeys.test_axe import LETS_AXE_IN, _judge
from tests.support import people

pytestmark = pytest.mark.browser
PRODUCT = "photo-studio"
QUEUE = f"/products/{PRODUCT}/queue"


@pytest.fixture
def rush(house: House) -> Iterator[Terms]:
    """One chooses at a time; somebody is inside."""
    staff = people.staff(house.engine, "catalog")
    with transaction(house.engine) as tx:
        product = catalog.find_product(tx, PRODUCT)
        assert product
        known = rushes.rush_of(tx, product.id)
        version = known.version if known else 0
        rushes.set_rush(tx, product.id, version, on=True, at_once=1, minutes=5, now=clock.now(), by=staff.id)
        terms = rushes.open_rush(tx, product.id)
    assert terms
    yield terms
    with transaction(house.engine) as tx:
        tx.execute(text("UPDATE rushes SET open = false"))


def test_the_place_counts_down_and_the_times_open_by_themselves(come: Come, house: House, rush: Terms) -> None:
    queue, inside, before = Queue(client(house.redis_url)), new_id(), new_id()
    for one in (inside, before):
        queue.look(rush, one, arrived=0, until=0, now=clock.now())
    me = come(**LETS_AXE_IN, viewport={"width": 390, "height": 844})
    acts.sign_in(me, house.newcomer())
    me.goto(f"/products/{PRODUCT}")
    me.get_by_role("link", name="Get in line").click()
    expect(me.locator(".queue-number")).to_have_text("2")
    assert _judge(me, [QUEUE]) == {}
    queue.leave(rush, before)
    expect(me.locator(".queue-number")).to_have_text("1", timeout=15_000)
    queue.leave(rush, inside)
    _inside(me)


def test_without_scripts_the_page_loads_itself_anew(come: Come, house: House, rush: Terms) -> None:
    queue, inside = Queue(client(house.redis_url)), new_id()
    queue.look(rush, inside, arrived=0, until=0, now=clock.now())
    me = come(java_script_enabled=False)
    acts.sign_in(me, house.newcomer())
    me.goto(QUEUE)
    expect(me.locator(".queue-number")).to_have_text("1")
    queue.leave(rush, inside)
    _inside(me)


def _inside(visitor: Page) -> None:
    visitor.wait_for_url(re.compile(rf"/products/{PRODUCT}(#slots)?$"), timeout=25_000)
    acts.press_first_free(visitor)
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()
