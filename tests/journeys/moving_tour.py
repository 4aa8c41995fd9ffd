"""The picture of a booking that moves: what another time comes to. The pages before and behind it look like others."""

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
    page.locator("button.slot-free:visible").first.click()
    page.wait_for_url("**/preview?*")
    camera.take(page, "move-preview", "Both times and the exact difference, before anything is taken.")
    page.get_by_role("button", name="and move it").click()
    page.wait_for_url(f"**/orders/{number}")
    expect(page.get_by_role("heading", name="Your booking has moved")).to_be_visible()


LONGER = "gwangalli-kayak"
"""Booked for as long as one likes, paid by the hour."""
