"""A day in the back office, with a picture at every turn."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import acts
from tests.journeys.camera import Camera
from tests.journeys.house import House


def staff_tour(house: House, camera: Camera, page: Page, customer: Page) -> None:
    """Signing in with a code, orders, refunds, the catalog; and what the customer sees and gets of it."""
    _come_in(house, camera, page)
    _orders(camera, page)
    _refunds(house, camera, page, customer)
    _catalog(camera, page)
    _machines(house, camera, page)


def _come_in(house: House, camera: Camera, page: Page) -> None:
    acts.sign_in(page, "staff@example.com", acts.STAFF_PASSWORD)
    camera.take(page, "code", "The second factor of staff.")
    page.get_by_label("Code").fill(house.code())
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/bookings")
    page.goto("/staff")
    camera.take(page, "staff-today", "The back office: what today brings and what waits for somebody.", dark=True)


def _orders(camera: Camera, page: Page) -> None:
    page.goto("/staff/orders")
    camera.take(page, "staff-orders", "Every order, with search and filters.", dark=True)


def _refunds(house: House, camera: Camera, page: Page, customer: Page) -> None:
    page.goto("/staff/refunds")
    camera.take(page, "staff-refunds", "The refund queue: what waits for a decision.")
    row = page.locator("#refund-list tbody tr").first
    number = acts.NUMBER.search(row.inner_text())
    assert number
    row.get_by_role("link", name=number[0]).click()
    page.wait_for_url("**/staff/refunds/*")
    camera.take(page, "staff-refund", "One refund: what goes back, why, and the two decisions.")
    late = page.context.new_page()
    late.goto(page.url)
    page.get_by_role("button", name=re.compile("Approve")).click()
    expect(page.get_by_role("button", name=re.compile("Approve"))).to_have_count(0)
    late.get_by_role("button", name=re.compile("Approve")).click()
    expect(late.get_by_text("409")).to_be_attached()
    camera.take(late, "conflict", "Too late: a colleague decided first, and nothing was done twice.")
    late.close()
    customer.goto(f"/orders/{number[0]}")
    expect(customer.get_by_role("heading", level=1)).to_have_text("Your refund is complete", timeout=60_000)
    camera.take(customer, "refund-settled", "The refund tracker at its end: the money is back.")
    page.goto(f"/staff/orders/{number[0]}")
    camera.take(page, "staff-order", "One order: money, lines, every step of its processes, who did what.")


def _catalog(camera: Camera, page: Page) -> None:
    page.goto("/staff/products")
    camera.take(page, "staff-products", "Products: state, price, what they are booked on.")
    page.get_by_role("link", name="Rehearsal Room Nine").first.click()
    page.wait_for_url("**/staff/products/*")
    camera.take(page, "staff-product", "One product: what customers read.")
    camera.take(page, "staff-prices", "Its prices: now, before and to come.", at="#prices")
    camera.take(page, "staff-times", "How it is booked: lengths, gaps, how far ahead.", at="#times")
    camera.take(page, "staff-refund-rule", "What comes back of it: the policy it is sold under.", at="#refunds")
    page.goto("/staff/policies")
    camera.take(page, "staff-policies", "Refund policies, in the sentences that customers read.", dark=True)
    page.get_by_role("link", name="With a fee").click()
    page.wait_for_url("**/staff/policies/*")
    camera.take(
        page,
        "staff-policy",
        "One policy: how much comes back until when, less a fee; what it says, for which products.",
    )
    page.goto("/staff/categories")
    camera.take(page, "staff-categories", "Categories as a tree.")
    _meet(camera, page)
    page.goto("/staff/resources")
    camera.take(page, "staff-resources", "What is booked: rooms, boats, people; how many, and when they are open.")
    page.get_by_role("link", name="Recording studio").first.click()
    page.wait_for_url("**/staff/resources/*")
    camera.take(page, "staff-resource", "One resource.")
    camera.take(page, "staff-hours", "Its opening hours through the week.", at="#hours")
    camera.take(page, "staff-closures", "Its closures, holidays among them.", at="#closures")


def _meet(camera: Camera, page: Page) -> None:
    """Two members of staff change the same category; the second is shown what the first did."""
    page.get_by_role("link", name="Studios").first.click()
    address = page.url
    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("Description").fill("Rooms for music, film and photographs.")
    other.get_by_role("button", name="Save").click()
    other.wait_for_load_state()
    other.close()
    page.get_by_label("Description").fill("Rooms with good walls.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    camera.take(page, "staff-conflict", "Somebody else saved first: both versions side by side, nothing lost.")


def _machines(house: House, camera: Camera, page: Page) -> None:
    page.goto("/api/v1/docs")
    camera.take(page, "api", "The API's pages, made from the same description that checks each call.")
    page.goto(house.mail.url)
    camera.take(page, "mails", "The mail catcher: every mail the portal sent.")
    page.get_by_role("link", name=re.compile("customer@example.com")).last.click()
    camera.take(page, "mail", "A confirmation, with its calendar file.")
