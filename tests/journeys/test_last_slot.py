"""Two customers press the same last time at the same moment."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House, wait_for

pytestmark = pytest.mark.browser

PRESS_SOON = "slot => setTimeout(() => slot.click(), 200)"


def test_one_gets_it_and_the_other_is_told_kindly_and_offered_others(come: Come, house: House) -> None:
    both = [come(expects={409}), come(expects={409})]
    for customer in both:
        acts.sign_in(customer, house.newcomer())
        customer.goto("/products/photo-studio")
    slots = [acts.free_slots(customer).nth(3) for customer in both]
    start = slots[0].get_attribute("value")
    assert start == slots[1].get_attribute("value")
    for slot in slots:
        slot.evaluate(PRESS_SOON)

    winner, loser = _told_apart(both)
    expect(winner.locator(".countdown-clock")).to_have_text(acts.COUNTDOWN)
    alert = loser.locator("#slots").get_by_role("alert")
    expect(alert).to_contain_text("Nothing was held")
    expect(loser.locator(f'button.slot[value="{start}"]')).to_have_count(0)
    # Any other time is one press away.
    acts.press_first_free(loser)


def _told_apart(both: list[Page]) -> tuple[Page, Page]:
    """Who went on to the checkout, and who was told on the spot."""

    def told() -> bool:
        went = ["/checkout" in customer.url for customer in both]
        heard = [customer.locator("#slots [role=alert]").count() > 0 for customer in both]
        return sum(went) == 1 and sum(heard) == 1

    wait_for(told, 20, "one of them should have got it, and only one")
    winner, loser = sorted(both, key=lambda customer: "/checkout" not in customer.url)
    return winner, loser
