"""What visitors do again and again, as they do it: by the words on the page."""

import re
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from portal.kernel import clock
from tests.support.people import PASSWORD

STAFF_PASSWORD = "Granite-Teapot!26"
NUMBER = re.compile(r"J-[0-9A-Z]{4}-[0-9A-Z]{4}")
COUNTDOWN = re.compile(r"^1?\d:[0-5]\d$")


def sign_in(visitor: Page, email: str, password: str = PASSWORD) -> None:
    """From the sign-in page to the bookings, or to the second factor."""
    visitor.goto("/sign-in?next=/bookings")
    visitor.get_by_label("E-mail").fill(email)
    visitor.get_by_label("Password").fill(password)
    visitor.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(visitor).not_to_have_url(re.compile(r"/sign-in(\?|$)"))


def give(visitor: Page, code: str, button: str = "Go on") -> None:
    """Types a code that is asked for."""
    visitor.get_by_label("Code", exact=True).fill(code)
    visitor.get_by_role("button", name=button).click()


def security(visitor: Page, home: str = "") -> None:
    """Opens the page with all that protects the account."""
    visitor.goto(f"{home}/account/security")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Sign-in and security")


def free_slots(visitor: Page) -> Locator:
    """The times that can be pressed."""
    return visitor.locator("button.slot[name=start]:visible")


def hold(visitor: Page, product: str, *, days_ahead: int = 0) -> str:
    """Presses the first free time of the product from that day on, arrives at the checkout; the time's value."""
    visitor.goto(f"/products/{product}?week={(clock.now() + timedelta(days_ahead)).date()}")
    return press_first_free(visitor)


def press_first_free(visitor: Page) -> str:
    """The same on a product's page that is open already."""
    if not free_slots(visitor).count():
        visitor.get_by_role("link", name="Next free day").click()
    slot = free_slots(visitor).first
    expect(slot).to_be_visible()
    start = slot.get_attribute("value") or ""
    slot.click()
    visitor.wait_for_url("**/checkout**")
    return start


def pay(visitor: Page, card: str = "Practice card that pays") -> None:
    """Chooses a card and presses the button once."""
    visitor.get_by_label(card).check()
    visitor.get_by_role("button", name=re.compile("^(Pay|Book)")).click()


def paid(visitor: Page) -> str:
    """Waits on the order page until the place is kept, never loading it anew; the order's number."""
    visitor.wait_for_url("**/orders/J-*")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Your place is kept")
    found = NUMBER.search(visitor.url)
    assert found
    return found[0]


def book(visitor: Page, product: str, *, days_ahead: int = 0, points: int = 0) -> tuple[str, str]:
    """Holds a time and pays for it; the order's number and the time's value."""
    start = hold(visitor, product, days_ahead=days_ahead)
    if points:
        visitor.get_by_label("Use points", exact=True).fill(str(points))
    pay(visitor)
    return paid(visitor), start


def points_of(visitor: Page) -> int:
    """How many points can be used, from the page that says it."""
    visitor.goto("/points")
    said = visitor.locator(".stats").get_by_text(re.compile(r"^[\d,]+ P$")).first.inner_text()
    return int(re.sub(r"\D", "", said))
