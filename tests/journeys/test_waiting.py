"""Waiting for a full time in a browser: by keyboard and on a phone, in both themes, from the line to the offer."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House, wait_for
from tests.journeys.keyboard import focused, tab_to
from tests.journeys.line_tour import PRODUCT, fill_a_day, let_go
from tests.journeys.test_axe import LETS_AXE_IN, _judge

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": "dark"}


def test_the_keyboard_alone_leads_into_the_line_and_from_the_offer_to_the_checkout(come: Come, house: House) -> None:
    me = _arrive(come, house)
    tab_to(me, ".slot")
    for _ in range(6):
        me.keyboard.press("ArrowLeft")  # to the day that is full, before those that are not
    assert focused(me, "a.slot-full")
    me.keyboard.press("Enter")
    expect(me.get_by_role("heading", level=1)).to_have_text("Wait for this time")
    assert _judge(me, [me.url]) == {}
    tab_to(me, "#quantity")
    me.keyboard.press("Control+A")
    me.keyboard.type("2")
    tab_to(me, "form[action$='/waiting'] button")
    me.keyboard.press("Enter")
    expect(me.get_by_text(re.compile(r"Place \d+ in line"))).to_be_visible()
    assert _judge(me, ["/bookings"]) == {}

    let_go(house)
    wait_for(lambda: _offered(me), 40, "nobody was offered the place")
    assert _judge(me, ["/bookings"]) == {}
    tab_to(me, ".waiting-acts a[href='/checkout']")
    me.keyboard.press("Enter")
    me.wait_for_url("**/checkout**")
    expect(me.locator(".countdown-clock")).to_be_visible()
    tab_to(me, "#breakdown button")
    assert focused(me, "#breakdown button")


def test_on_a_phone_one_waits_and_says_no_thank_you(come: Come, house: House) -> None:
    me = _arrive(come, house, **PHONE)
    me.locator("a.slot-full:visible").first.tap()
    expect(me.get_by_role("heading", level=1)).to_have_text("Wait for this time")
    _fits(me)
    me.get_by_role("button", name="Join the waiting list").tap()
    expect(me.get_by_text(re.compile(r"Place \d+ in line"))).to_be_visible()
    _fits(me)
    let_go(house)
    wait_for(lambda: _offered(me), 40, "nobody was offered the place")
    _fits(me)
    me.get_by_role("button", name="No, thank you").tap()
    expect(me.get_by_text("We offer it to the next in line.")).to_be_visible()
    expect(me.get_by_text("Free for you")).to_have_count(0)


def test_out_of_the_line_again_without_scripts(come: Come, house: House) -> None:
    me = _arrive(come, house, java_script_enabled=False)
    me.locator("a.slot-full").first.click()
    me.get_by_role("button", name="Join the waiting list").click()
    me.get_by_role("button", name="Leave the line").click()
    expect(me.get_by_text("You are not in that line any more.")).to_be_visible()


def _arrive(come: Come, house: House, **wishes: Any) -> Page:
    """At the times of a day that is full."""
    me = come(**LETS_AXE_IN, **wishes)
    acts.sign_in(me, house.newcomer())
    day = fill_a_day(house)
    me.goto(f"/products/{PRODUCT}?week={day}&slot-day={day}")
    return me


def _offered(me: Page) -> bool:
    me.goto("/bookings")
    return me.get_by_text("Free for you").count() > 0


def _fits(me: Page) -> None:
    """Nothing is wider than the phone."""
    assert me.evaluate("document.documentElement.scrollWidth <= innerWidth"), me.url
