"""Where somebody is signed in, in two and three browsers: ending one, all others, and staff who end everybody's."""

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House

pytestmark = pytest.mark.browser

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1"


def is_out(visitor: Page) -> None:
    visitor.goto("/bookings")
    visitor.wait_for_url("**/sign-in**")


def is_in(visitor: Page) -> None:
    visitor.goto("/bookings")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("My bookings")


def test_a_session_is_ended_from_another_browser(come: Come, house: House) -> None:
    email, here, there = house.newcomer(), come(), come(user_agent=IPHONE)
    for one in (here, there):
        acts.sign_in(one, email)
    acts.security(here)
    expect(here.locator("#sessions").get_by_text("Safari · iPhone")).to_be_visible()
    here.get_by_role("button", name="Sign out there").click()
    expect(here.get_by_text("Signed out there.")).to_be_visible()
    is_out(there)
    is_in(here)


def test_all_other_sessions_are_ended_at_once(come: Come, house: House) -> None:
    email, here, others = house.newcomer(), come(), [come(), come(user_agent=IPHONE)]
    for one in (here, *others):
        acts.sign_in(one, email)
    acts.security(here)
    expect(here.locator("#sessions li")).to_have_count(3)
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.get_by_text("Signed out everywhere else.")).to_be_visible()
    expect(here.locator("#sessions li")).to_have_count(1)
    for one in others:
        is_out(one)
    is_in(here)


def test_staff_end_the_sessions_of_somebody(come: Come, house: House) -> None:
    email, devices = house.newcomer(), [come(), come(user_agent=IPHONE)]
    for one in devices:
        acts.sign_in(one, email)
    address, secret = house.with_app("admin")
    staff = come()
    acts.sign_in(staff, address)
    acts.give(staff, pyotp.TOTP(secret).now())
    staff.wait_for_url("**/bookings")
    staff.goto(f"/staff/access?q={email}")
    staff.get_by_role("link", name="Kim Minseo").click()
    staff.locator("li", has_text="Safari · iPhone").get_by_role("button", name="Sign out there").click()
    expect(staff.get_by_text("Signed out there.")).to_be_visible()
    is_out(devices[1])
    is_in(devices[0])
    staff.get_by_role("button", name="Sign out everywhere").click()
    expect(staff.get_by_text("Nowhere at the moment.")).to_be_visible()
    is_out(devices[0])
    is_in(staff)
