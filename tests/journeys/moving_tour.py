"""The pictures of a booking that moves: another time, what it comes to, and how it went."""

from playwright.sync_api import Page, expect

from tests.journeys import acts
from tests.journeys.camera import Camera
from tests.journeys.house import House


def moving_tour(_house: House, camera: Camera, page: Page) -> None:
    """A customer moves a booking to a longer time on another day, and pays the difference."""
    number, _ = acts.book(page, LONGER, days_ahead=9, points=0)
    page.goto(f"/orders/{number}")
    page.get_by_role("link", name="Move to another time").click()
    page.get_by_label("How long").select_option(index=1)
    page.wait_for_url("**length=*")
    camera.take(page, "move", "Another time for a booking: its own counts as free, and the length may change.")
    page.locator("button.slot-free:visible").first.click()
    page.wait_for_url("**/preview?*")
    camera.take(page, "move-preview", "Both times and the exact difference, before anything is taken.")
    page.get_by_role("button", name="and move it").click()
    page.wait_for_url(f"**/orders/{number}")
    expect(page.get_by_role("heading", name="Your booking has moved")).to_be_visible()
    page.reload()
    camera.take(page, "order-moved", "It has moved: what was charged, and the new time.", dark=True)


LONGER = "gwangalli-kayak"
"""Booked for as long as one likes, paid by the hour."""
