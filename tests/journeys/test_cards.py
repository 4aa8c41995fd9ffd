"""Cards that do not simply pay: one is declined, one asks its owner to confirm at the bank."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House

pytestmark = pytest.mark.browser

ASKS = "Practice card that asks you to confirm"


def test_after_a_declined_card_everything_is_still_there_and_another_card_pays(come: Come, house: House) -> None:
    customer, email = come(expects={422}), house.newcomer(points=3_000)
    acts.sign_in(customer, email)
    acts.hold(customer, "cedar-sauna")
    held = customer.locator(".held time").first.get_attribute("datetime")
    customer.get_by_label("Use points", exact=True).fill("3000")
    acts.pay(customer, "Practice card that is declined")

    said = customer.locator("#payment .field-error")
    expect(said).to_contain_text("declined")
    expect(customer.locator("#payment fieldset")).to_have_attribute("aria-describedby", "payment-error")
    expect(customer.locator(".countdown-clock")).to_have_text(acts.COUNTDOWN)
    expect(customer.locator(".held time").first).to_have_attribute("datetime", str(held))
    expect(customer.get_by_label("Use points", exact=True)).to_have_value("3000")
    expect(customer.get_by_text("You have 3,000 P")).to_be_visible()

    acts.pay(customer)
    number = acts.paid(customer)
    [charge] = house.payments(number)
    assert charge["amount_received"] == 41_000
    assert acts.points_of(customer) == 410


def test_a_card_that_asks_to_confirm_leads_to_the_bank_and_back_to_a_booking(come: Come, house: House) -> None:
    customer = _at_the_bank(come(), house)
    customer.get_by_role("button", name="Confirm ₩44,000").click()
    number = acts.paid(customer)
    assert [charge["amount_received"] for charge in house.payments(number)] == [44_000]


def test_refusing_at_the_bank_is_told_plainly_and_charges_nothing(come: Come, house: House) -> None:
    customer = _at_the_bank(come(), house)
    customer.get_by_role("button", name="Refuse").click()
    customer.wait_for_url("**/orders/J-*")
    expect(customer.get_by_role("heading", level=1)).to_have_text("You did not confirm the payment at your bank")
    expect(customer.locator(".story-note")).to_contain_text("Nothing was charged")
    assert house.payments(customer.url[-11:]) == []
    # The place is still held: paying goes on where it stopped.
    customer.get_by_role("link", name="Back to paying").click()
    expect(customer.locator(".countdown-clock")).to_have_text(acts.COUNTDOWN)


def _at_the_bank(customer: Page, house: House) -> Page:
    """On the bank's page that asks to confirm a sauna."""
    acts.sign_in(customer, house.newcomer())
    acts.hold(customer, "cedar-sauna")
    acts.pay(customer, ASKS)
    customer.wait_for_url("**/orders/J-*")
    expect(customer.get_by_role("heading", level=1)).to_have_text("Your bank asks you to confirm")
    customer.get_by_role("link", name="Confirm at your bank").click()
    customer.wait_for_url(f"{house.provider.url}/**")
    return customer
