"""Every main page in both themes, judged by axe-core: no violation of WCAG 2.2 A and AA, nor of good practice."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, StorageState, expect

import tests.support
from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House

pytestmark = pytest.mark.browser

AXE = (Path(tests.support.__file__).parent / "axe" / "axe.min.js").read_text()
JUDGE = """
async () => (await axe.run({
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
})).violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)
"""
LETS_AXE_IN = {"bypass_csp": True}
"""To measure it sets styles, which the pages' own policy forbids; the other journeys keep that policy."""
OPEN = ["/", "/?q=helicopter", "/products/gwangalli-kayak", "/products/travel-tea-set", "/sign-in", "/sign-up"]
OPEN += ["/password/reset"]
CONSENT = "/oauth/authorize?response_type=code&client_id=sample-app&redirect_uri=http://127.0.0.1/done"
CONSENT += f"&code_challenge={'x' * 43}&code_challenge_method=S256"
CUSTOMERS = ["/bookings", "/points", "/checkout", "/account/security", "/api/v1/docs", "/nothing-here"]
CUSTOMERS += ["/account/password", "/account/email", "/confirm?purpose=account", CONSENT, "/account/apps"]
BACK_OFFICE = ["", "/orders", "/refunds", "/refunds?state=all", "/sagas", "/sagas?show=running", "/differences"]
BACK_OFFICE += ["/products", "/categories", "/categories/new", "/resources", "/products/new", "/resources/new"]
BACK_OFFICE += ["/policies", "/policies/new"]
BACK_OFFICE += ["/access", "/waiting"]


def test_what_everybody_sees_is_accessible(come: Come) -> None:
    assert _judge(come(**LETS_AXE_IN), OPEN) == {}


def test_what_customers_see_is_accessible(come: Come, house: House) -> None:
    customer = come(expects={404}, **LETS_AXE_IN)
    acts.sign_in(customer, house.newcomer(points=900))
    number, _ = acts.book(customer, "lisbon-seven-hills", days_ahead=9, points=900)
    acts.hold(customer, "cedar-sauna", days_ahead=1)
    assert _judge(customer, [*CUSTOMERS, f"/orders/{number}", f"/orders/{number}/refund"]) == {}


def test_the_pages_of_moving_are_accessible(come: Come, house: House, staff_state: StorageState) -> None:
    customer = come(expects={422}, **LETS_AXE_IN)
    acts.sign_in(customer, house.newcomer())
    number, _ = acts.book(customer, "gwangalli-kayak", days_ahead=16)
    order, staff = f"/orders/{number}", come(storage_state=staff_state, **LETS_AXE_IN)
    customer.goto(order)
    times = customer.get_by_role("link", name="Move to another time").get_attribute("href") or ""
    assert _judge(customer, [times, times.replace("/move", "/move/month")]) == {}
    customer.goto(times)
    customer.get_by_label("How long").select_option(index=1)
    customer.wait_for_url("**length=*")
    acts.free_slots(customer).first.click()
    customer.wait_for_url("**/preview?*")
    assert _judge(customer, [customer.url]) == {}
    assert _judge(staff, [f"/staff{times}"]) == {}
    customer.get_by_label("Practice card that pays").check()
    customer.get_by_role("button", name="and move it").click()
    expect(customer.get_by_role("heading", name="Your booking has moved")).to_be_visible()
    assert _judge(customer, [order, f"{order}/moves/1"]) == {}


def test_the_back_office_is_accessible(come: Come, staff_state: StorageState) -> None:
    staff = come(storage_state=staff_state, **LETS_AXE_IN)
    pages = [f"/staff{path}" for path in BACK_OFFICE]
    for path in ("orders", "products", "resources", "policies"):
        staff.goto(f"/staff/{path}")
        pages.append(staff.locator("main table a").first.get_attribute("href") or "")
    for page, more in (("products", "/prices"), ("resources", "/holidays")):
        pages.append(next(address for address in pages if f"/staff/{page}/" in address and "new" not in address) + more)
    assert _judge(staff, pages) == {}


def _judge(visitor: Page, pages: list[str]) -> dict[str, Any]:
    """What axe finds, by page and theme; pages without fault are left out."""
    found = {}
    for address in pages:
        visitor.goto(address)
        expect(visitor.get_by_role("heading", level=1).first).to_be_attached()
        visitor.evaluate(AXE)
        for theme in ("light", "dark"):
            visitor.emulate_media(color_scheme=theme, reduced_motion="reduce")
            if faults := visitor.evaluate(JUDGE):
                found[f"{address} ({theme})"] = faults
    return found
