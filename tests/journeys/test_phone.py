"""On a phone nothing sticks out of its card or of the screen, and strips that scroll begin where one is."""

import pytest
from playwright.sync_api import StorageState

from tests.journeys.conftest import Come

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
STICKS_OUT = """
() => [...document.querySelectorAll(".table-stack tbody tr")].flatMap((row) => {
  const edge = row.getBoundingClientRect().right + 1;
  return [...row.querySelectorAll("*")].filter((part) => part.getBoundingClientRect().right > edge);
}).map((part) => part.textContent.trim()).slice(0, 3)
"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
IN_SIGHT = """
() => { const at = document.querySelector(".side [aria-current]").getBoundingClientRect();
        return at.left >= 0 && at.right <= innerWidth; }
"""


@pytest.mark.parametrize(
    "path", ["", "/orders", "/refunds", "/sagas", "/differences", "/products", "/categories", "/resources", "/policies"]
)
def test_the_back_office_fits(come: Come, staff_state: StorageState, path: str) -> None:
    staff = come(storage_state=staff_state, viewport=PHONE)
    staff.goto(f"/staff{path}")
    assert staff.evaluate(WIDER) <= 0
    assert staff.evaluate(STICKS_OUT) == []
    assert staff.evaluate(IN_SIGHT)


def test_an_order_fits(come: Come, staff_state: StorageState) -> None:
    staff = come(storage_state=staff_state, viewport=PHONE)
    staff.goto("/staff/orders?state=completed")
    staff.locator("#order-list tbody tr a").first.click()
    staff.wait_for_url("**/staff/orders/J-*")
    assert staff.evaluate(WIDER) <= 0
    assert staff.evaluate(STICKS_OUT) == []
