"""Without a mouse: from the catalog to a time that is held, and a booking to another time."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House
from tests.journeys.keyboard import focused, tab_to

pytestmark = pytest.mark.browser


def test_the_keyboard_alone_leads_from_the_catalog_to_a_held_time(come: Come, house: House) -> None:
    customer = come()
    acts.sign_in(customer, house.newcomer())
    customer.goto("/")
    customer.keyboard.press("Tab")
    assert focused(customer, ".skip, [href='#main']"), "the first stop leads past the navigation"
    tab_to(customer, ".card-name a[href*='rooftop-yoga']")
    customer.keyboard.press("Enter")
    customer.wait_for_url("**/products/rooftop-yoga")

    tab_to(customer, ".slot")
    first = _value(customer)
    customer.keyboard.press("ArrowRight")
    assert _value(customer) != first, "an arrow walks on to another day"
    customer.keyboard.press("ArrowLeft")
    assert _value(customer) == first
    customer.keyboard.press("Tab")
    assert not focused(customer, ".slot"), "the whole grid is one stop"
    customer.keyboard.press("Shift+Tab")
    customer.keyboard.press("Enter")
    customer.wait_for_url("**/checkout**")
    expect(customer.locator(".countdown-clock")).to_have_text(acts.COUNTDOWN)
    tab_to(customer, "#breakdown button")
    expect(customer.locator(":focus")).to_have_text(re.compile("Pay"))


def test_the_keyboard_alone_moves_a_booking(come: Come, house: House) -> None:
    customer = come()
    acts.sign_in(customer, house.newcomer())
    number, start = acts.book(customer, "rooftop-yoga", days_ahead=9)
    customer.goto(f"/orders/{number}")
    tab_to(customer, "a[href$='/move']")
    customer.keyboard.press("Enter")
    customer.wait_for_url("**/move")

    tab_to(customer, ".slot")
    customer.keyboard.press("ArrowRight")
    assert _value(customer) != start
    customer.keyboard.press("Enter")
    customer.wait_for_url("**/preview?*")
    tab_to(customer, ".pay-dock button")
    customer.keyboard.press("Enter")
    expect(customer.get_by_role("heading", name="Your booking has moved")).to_be_visible()


def _value(visitor: Page) -> str:
    """Day and time of the slot that has the focus."""
    return str(visitor.evaluate("document.activeElement.value"))
