"""The same booking with JavaScript switched off: plain forms and plain pages, nothing missing."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House

pytestmark = pytest.mark.browser


def test_a_booking_with_points_and_card_needs_no_javascript(come: Come, house: House) -> None:
    customer = come(java_script_enabled=False)
    acts.sign_in(customer, house.newcomer(points=1_500))
    customer.goto("/")
    customer.get_by_role("searchbox", name="Search").fill("kayak")
    customer.keyboard.press("Enter")
    customer.get_by_role("link", name=re.compile("Kayak")).first.click()
    customer.get_by_label("Places").fill("2")
    customer.get_by_label("How long").select_option("60")
    customer.get_by_role("button", name="Show the times for this").click()
    customer.wait_for_url("**quantity=2**")
    expect(customer.locator(".slots-price")).to_contain_text("₩36,000")
    acts.press_first_free(customer)
    expect(customer.locator(".countdown-until")).to_contain_text("held until")

    customer.get_by_label("Use points", exact=True).fill("1500")
    customer.get_by_role("button", name="Update").locator("visible=true").click()
    expect(customer.get_by_role("button", name="Pay ₩34,500")).to_be_visible()
    acts.pay(customer)
    number = acts.paid(customer)
    assert [charge["amount_received"] for charge in house.payments(number)] == [34_500]
