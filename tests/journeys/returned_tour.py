"""Money that the customer's bank gave back to us: delayed for the customer, in sight for staff, and sent again."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.journeys import acts
from tests.journeys.camera import Camera
from tests.journeys.house import House, wait_for

PRODUCT = "deep-rest-90"
CARD = "Practice card that takes nothing back"


def returned_tour(house: House, camera: Camera, staff: Page, customer: Page) -> None:
    """A refund that was sent, came back, and is sent once more."""
    number = _bought(customer)
    customer.goto(f"/orders/{number}/refund")
    customer.get_by_label("Why?").fill("My back is well again.")
    customer.get_by_role("button", name="Ask for it").click()
    customer.wait_for_url(f"**/orders/{number}")
    staff.goto("/staff/refunds")
    staff.get_by_role("link", name=number).click()
    refund = staff.url.rpartition("/")[2]
    staff.get_by_role("button", name=re.compile("Approve")).click()
    _becomes(house, refund, "failed")
    customer.goto(f"/orders/{number}")
    camera.take(
        customer, "refund-returned", "A refund that the customer's bank gave back: it stays theirs, and is late."
    )
    staff.goto(f"/staff/refunds/{refund}")
    camera.take(staff, "staff-refund-returned", "The same for staff: the customer does not have it.")
    staff.get_by_role("link", name="See what can be done").click()
    camera.take(staff, "staff-returned", "What can be done: send it again, or note that it went another way.")
    form = staff.locator("#cure-anew")
    form.locator("[name=reason]").fill("The customer says that the card works again.")
    form.get_by_role("button").click()
    expect(staff.get_by_role("heading", level=1)).to_have_text("Stuck money")
    _becomes(house, refund, "done")
    staff.goto(f"/staff/sagas/repayment/{refund}:2")
    camera.take(staff, "cure-returned", "Sent again under a new key, and arrived.")


def _bought(customer: Page) -> str:
    acts.hold(customer, PRODUCT, days_ahead=14)
    acts.pay(customer, CARD)
    return acts.paid(customer)


def _becomes(house: House, refund: str, state: str) -> None:
    """Waits until the latest attempt of the refund is at that end."""
    query = text(
        "SELECT p.state FROM refunds r JOIN payment_attempts p ON p.key = r.attempt_key WHERE r.id::text = :refund"
    )

    def so() -> bool:
        with house.engine.connect() as connection:
            return connection.execute(query, {"refund": refund}).scalar_one_or_none() == state

    wait_for(so, 60, f"the latest attempt of {refund} is not {state}")
