"""A newcomer finds something, books it, and has it in the calendar; a customer pays a part of it with points."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House, wait_for
from tests.support.people import PASSWORD

pytestmark = pytest.mark.browser

LOOKS_AGAIN = "window.__same_page = true"


def typed_points_and_pressed(customer: Page) -> Locator:
    """Has typed points, and holds the button down: it left the field, so that the sum is worked out meanwhile."""
    acts.hold(customer, "cedar-sauna", days_ahead=12)
    customer.get_by_label("Practice card that pays").check()
    button = customer.locator("#pay")
    customer.get_by_label("Use points", exact=True).fill("2000")
    button.hover()
    with customer.expect_response("**/checkout/points"):
        customer.mouse.down()
    customer.wait_for_timeout(200)
    return button


def test_who_types_points_and_presses_pay_at_once_presses_it_once(come: Come, house: House) -> None:
    customer = come()
    acts.sign_in(customer, house.newcomer(points=2_000))
    typed_points_and_pressed(customer)
    customer.mouse.up()
    acts.paid(customer)


def test_who_thinks_better_of_it_sees_the_new_sum(come: Come, house: House) -> None:
    customer = come()
    acts.sign_in(customer, house.newcomer(points=2_000))
    button = typed_points_and_pressed(customer)
    before = button.inner_text()
    customer.mouse.move(5, 5)
    customer.mouse.up()
    expect(button).not_to_have_text(before)
    expect(customer).to_have_url(re.compile("/checkout"))


def test_a_newcomer_finds_a_place_pays_for_it_and_gets_a_mail_with_a_calendar_file(come: Come, house: House) -> None:
    newcomer, email = come(), "newcomer@example.org"
    newcomer.goto("/")
    newcomer.get_by_role("searchbox", name="Search").fill("massage")
    newcomer.keyboard.press("Enter")
    expect(newcomer.get_by_role("heading", name="“massage”")).to_be_visible()
    newcomer.get_by_role("link", name="Clear the search").click()
    newcomer.get_by_role("navigation", name="Categories").get_by_role("link", name="Rest").click()
    expect(newcomer.locator("#catalog-results").get_by_role("heading", name="Rest", exact=True)).to_be_visible()
    newcomer.get_by_role("link", name="Cedar Sauna").click()
    newcomer.wait_for_url("**/products/cedar-sauna")

    # A time can be chosen before anybody knows who chooses; it is still chosen when they are back.
    acts.free_slots(newcomer).first.click()
    newcomer.wait_for_url("**/sign-in**")
    newcomer.get_by_role("link", name="Create an account").click()
    newcomer.get_by_label("Name").fill("Choi Haneul")
    newcomer.get_by_label("E-mail").fill(email)
    newcomer.get_by_label("Password").fill(PASSWORD)
    newcomer.get_by_role("button", name="Create account").click()
    newcomer.wait_for_url("**/sign-in**")
    expect(newcomer.get_by_label("E-mail")).to_have_value(email)
    newcomer.get_by_label("Password").fill(PASSWORD)
    newcomer.locator("main").get_by_role("button", name="Sign in").click()
    newcomer.wait_for_url("**/products/cedar-sauna?**")
    newcomer.get_by_role("button", name="Hold this time").click()
    newcomer.wait_for_url("**/checkout**")

    expect(newcomer.locator(".countdown-clock")).to_have_text(acts.COUNTDOWN)
    expect(newcomer.get_by_text("You have no points yet")).to_be_visible()
    acts.pay(newcomer)
    number = acts.paid(newcomer)
    [charge] = house.payments(number)
    assert (charge["amount_received"], charge["amount_refunded"]) == (44_000, 0)
    [mail] = wait_for(lambda: house.mail.messages(email), 20, "no mail arrived")
    assert number in mail["subject"] + mail["text"]
    newcomer.goto(house.mail.url)
    newcomer.get_by_role("link", name=re.compile(email)).click()
    expect(newcomer.get_by_role("link", name=re.compile(r"\.ics$"))).to_be_visible()


def test_the_order_page_follows_the_booking_without_being_loaded_again(come: Come, house: House) -> None:
    customer, email = come(), house.newcomer()
    acts.sign_in(customer, email)
    acts.hold(customer, "rehearsal-room")
    # The bank takes its time, longer than the checkout waits.
    house.provider.fault("confirm", "slow", times=1, seconds=5)
    acts.pay(customer)
    customer.wait_for_url("**/orders/J-*")
    expect(customer.get_by_role("heading", level=1)).to_have_text("Asking your bank…")
    customer.evaluate(LOOKS_AGAIN)
    acts.paid(customer)
    assert customer.evaluate(LOOKS_AGAIN.split(" =")[0]) is True
    expect(customer.get_by_role("link", name="Calendar file")).to_be_visible()


def test_points_and_card_pay_together_and_the_books_agree(come: Come, house: House) -> None:
    customer = come()
    acts.sign_in(customer, "customer@example.com")
    before = acts.points_of(customer)
    assert before == 25_000
    acts.hold(customer, "deep-rest-60")
    customer.get_by_label("Use points", exact=True).fill("5000")
    customer.keyboard.press("Tab")
    expect(customer.get_by_role("button", name="Pay ₩73,000")).to_be_visible()
    acts.pay(customer)
    number = acts.paid(customer)
    [charge] = house.payments(number)
    assert charge["amount_received"] == 73_000
    wait_for(lambda: acts.points_of(customer) == before - 5_000 + 730, 20, "the points do not add up")
    customer.goto("/bookings")
    card = customer.locator(".booking", has_text=number)
    expect(card).to_contain_text("₩78,000")
    card.get_by_role("link").click()
    assert urlsplit(customer.url).path == f"/orders/{number}"
