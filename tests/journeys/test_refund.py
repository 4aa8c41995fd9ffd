"""Giving a booking back: the exact amounts first, a decision by staff, and then money, points and place are back."""

import re

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House, wait_for

pytestmark = pytest.mark.browser

FAR_AHEAD = 9
"""Days: long enough that everything comes back."""
REASON = "My train does not go that day."


def test_an_approved_refund_brings_money_points_and_place_back(
    come: Come, house: House, staff_state: StorageState
) -> None:
    customer, email = come(), house.newcomer(points=2_000)
    acts.sign_in(customer, email)
    number, start = acts.book(customer, "cedar-sauna", days_ahead=FAR_AHEAD, points=2_000)
    _ask(customer, number, card="₩42,000", points="2,000 P", earned="−420 P")
    expect(customer.get_by_role("heading", level=1)).to_have_text("We are looking at your request")

    staff = come(storage_state=staff_state)
    staff.goto("/staff/refunds")
    row = staff.locator("tr", has_text=number)
    expect(row).to_contain_text(REASON)
    expect(row).to_contain_text("₩42,000")
    row.get_by_role("button", name="Approve").click()

    wait_for(lambda: _told(customer, "Your refund is complete"), 30, "the customer does not hear the end of it")
    [charge] = house.payments(number)
    assert (charge["amount_received"], charge["amount_refunded"]) == (42_000, 42_000)
    assert acts.points_of(customer) == 2_000
    customer.goto(f"/products/cedar-sauna?week={start[:10]}")
    expect(customer.locator(f'button.slot[value="{start}"]')).to_be_enabled()
    staff.goto(f"/staff/orders/{number}")
    expect(staff.locator(".page-head .badge")).to_contain_text("Refunded")
    wait_for(lambda: len(house.mail.messages(email)) == 2, 20, "the second mail did not arrive")


def test_a_refund_that_is_turned_down_says_why(come: Come, house: House, staff_state: StorageState) -> None:
    customer = come()
    acts.sign_in(customer, house.newcomer())
    number, _ = acts.book(customer, "cedar-sauna", days_ahead=FAR_AHEAD)
    _ask(customer, number, card="₩44,000", earned="−440 P")
    staff = come(storage_state=staff_state)
    staff.goto("/staff/refunds")
    staff.locator("tr", has_text=number).get_by_role("link", name="Turn down").click()
    staff.get_by_label("What the customer will read").fill("The stove is lit already.")
    staff.get_by_role("button", name="Turn down").click()
    expect(staff.locator("main").get_by_text("Turned down").first).to_be_visible()

    customer.reload()
    expect(customer.get_by_role("heading", level=1)).to_contain_text("was turned down")
    expect(customer.get_by_text("The stove is lit already.")).to_be_visible()
    assert [charge["amount_refunded"] for charge in house.payments(number)] == [0]


def _told(customer: Page, headline: str) -> bool:
    """Whether the order's page says so when it is opened again."""
    customer.reload()
    return customer.get_by_role("heading", level=1).inner_text() == headline


def _ask(customer: Page, number: str, *, card: str, earned: str, points: str = "") -> None:
    """Looks at what comes back, to the won, and asks for exactly that."""
    customer.goto(f"/orders/{number}")
    customer.get_by_role("link", name="Give it back").click()
    quote = customer.locator("#quote")
    expect(quote.get_by_role("row", name=re.compile("To your card"))).to_contain_text(card)
    expect(quote.get_by_role("row", name=re.compile("Points you earned"))).to_contain_text(earned)
    if points:
        expect(quote.get_by_role("row", name=re.compile("Points back"))).to_contain_text(points)
    customer.get_by_label("Why?").fill(REASON)
    customer.get_by_role("button", name="Ask for it").click()
    customer.wait_for_url(f"**/orders/{number}")
