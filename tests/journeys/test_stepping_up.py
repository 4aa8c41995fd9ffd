"""What cannot be undone asks again who one is, when that was shown long ago: nothing has happened until then."""

import re
from urllib.parse import urlencode

import pyotp
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House, wait_for
from tests.support.apps import challenge_of

pytestmark = pytest.mark.browser


def test_a_refund_is_approved_by_whoever_shows_again_who_they_are(come: Come, house: House) -> None:
    customer = come()
    acts.sign_in(customer, house.newcomer())
    number, _ = acts.book(customer, "cedar-sauna", days_ahead=12)
    customer.goto(f"/orders/{number}/refund")
    customer.get_by_label("Why?").fill("I am ill.")
    customer.get_by_role("button", name="Ask for it").click()
    customer.wait_for_url(f"**/orders/{number}")

    email, secret = house.with_app("refunds")
    staff = come(expects={401})
    acts.sign_in(staff, email)
    acts.give(staff, pyotp.TOTP(secret).now())
    staff.wait_for_url("**/bookings")
    house.long_ago(email)
    _not_yet_used(house, email)

    staff.goto("/staff/refunds")
    staff.get_by_role("link", name=number).click()
    staff.get_by_role("button", name=re.compile("Approve")).click()
    expect(staff.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    assert _state(house, number) == "requested"
    acts.give(staff, pyotp.TOTP(secret).now())
    expect(staff.get_by_text("Now press the button once more")).to_be_visible()
    assert _state(house, number) == "requested"
    staff.get_by_role("button", name=re.compile("Approve")).click()
    expect(staff.get_by_text("Approved.")).to_be_visible()
    wait_for(lambda: _state(house, number) == "settled", 30, "the money does not go back")


def test_an_app_is_let_in_by_whoever_shows_again_who_they_are(come: Come, house: House) -> None:
    email, visitor = house.newcomer(), come()
    acts.sign_in(visitor, email)
    house.long_ago(email)
    asked = {
        "response_type": "code",
        "client_id": "sample-app",
        "redirect_uri": "http://127.0.0.1:1/done",
        "scope": "points:read",
        "code_challenge": challenge_of("x" * 43),
        "code_challenge_method": "S256",
        "prompt": "login",
    }
    visitor.goto(f"/oauth/authorize?{urlencode(asked)}")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    visitor.get_by_label("Password").fill(acts.PASSWORD)
    visitor.get_by_role("button", name="Go on").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Allow Sample app?")
    expect(visitor.get_by_text("press the button once more")).to_have_count(0)


def _state(house: House, number: str) -> str:
    query = "SELECT r.state FROM refunds r JOIN orders o ON o.id = r.order_id WHERE o.number = :number"
    with house.engine.connect() as connection:
        return str(connection.execute(text(query), {"number": number}).scalar_one())


def _not_yet_used(house: House, email: str) -> None:
    """As if the code of signing in were half a minute old: each works once."""
    forget = "UPDATE second_factors SET last_step = 0 WHERE account_id = (SELECT id FROM accounts WHERE email = :email)"
    with house.engine.begin() as connection:
        connection.execute(text(forget), {"email": email})
