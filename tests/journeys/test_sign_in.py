"""Every way of showing who one is, in a real browser: codes of four kinds, passkeys, a link for a new password."""

import re

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.journeys import acts
from tests.journeys.conftest import Come
from tests.journeys.house import House, wait_for
from tests.support import people

pytestmark = pytest.mark.browser

DIGITS = re.compile(r"\b\d{6}\b")


def sign_out(visitor: Page) -> None:
    visitor.locator(".account summary").click()
    visitor.get_by_role("button", name="Sign out", exact=True).click()
    visitor.wait_for_url("**/")


def mailed_code(house: House, email: str, after: int) -> str:
    def look() -> str | None:
        mails = [mail for mail in house.mail.messages(email) if mail["subject"] == "Your code for Jari"]
        return DIGITS.findall(mails[-1]["text"])[0] if len(mails) > after else None

    return str(wait_for(look, 20, "no mail with a code came"))


def texted_code(house: House, number: str, after: int) -> str:
    def look() -> str | None:
        got = house.telephone.messages(number)
        return DIGITS.findall(got[-1]["text"])[0] if len(got) > after else None

    return str(wait_for(look, 20, "no text message with a code came"))


def test_a_password_and_a_code_of_an_app(come: Come, house: House) -> None:
    email, secret = house.with_app()
    visitor = come(expects={422})
    acts.sign_in(visitor, email)
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Your code")
    acts.give(visitor, "000000")
    expect(visitor.get_by_text("This code is not right")).to_be_visible()
    code = pyotp.TOTP(secret).now()
    acts.give(visitor, code)
    visitor.wait_for_url("**/bookings")
    sign_out(visitor)
    acts.sign_in(visitor, email)
    acts.give(visitor, code)
    expect(visitor.get_by_text("it was used already")).to_be_visible()


def test_a_code_by_mail(come: Come, house: House) -> None:
    email, visitor = house.newcomer(), come()
    acts.sign_in(visitor, email)
    acts.security(visitor)
    visitor.get_by_role("button", name="Get codes by mail").click()
    acts.give(visitor, mailed_code(house, email, 0), "Confirm")
    expect(visitor.get_by_text(f"Mails with codes go to {email}")).to_be_visible()
    sign_out(visitor)
    acts.sign_in(visitor, email)
    visitor.get_by_role("button", name="Send the code").click()
    acts.give(visitor, mailed_code(house, email, 1))
    visitor.wait_for_url("**/bookings")


def test_a_code_by_text_message(come: Come, house: House) -> None:
    email, number, visitor = house.newcomer(), "+821055512345", come()
    acts.sign_in(visitor, email)
    acts.security(visitor)
    visitor.get_by_label("Mobile phone number").fill("010-5551-2345")
    visitor.get_by_role("button", name="Get codes by text message").click()
    acts.give(visitor, texted_code(house, number, 0), "Confirm")
    expect(visitor.get_by_text("Text messages go to +82 ·· 45")).to_be_visible()
    sign_out(visitor)
    acts.sign_in(visitor, email)
    visitor.get_by_role("button", name="Send the code").click()
    acts.give(visitor, texted_code(house, number, 1))
    visitor.wait_for_url("**/bookings")


def test_an_app_recovery_codes_and_confirming(come: Come, house: House) -> None:
    email, visitor = house.newcomer(), come(accept_downloads=True)
    acts.sign_in(visitor, email)
    acts.security(visitor)
    visitor.get_by_role("button", name="Set up").click()
    expect(visitor.get_by_alt_text(re.compile("QR code"))).to_be_visible()
    secret = (visitor.locator("#totp code").inner_text()).replace(" ", "")
    acts.give(visitor, pyotp.TOTP(secret).now(), "Confirm")
    expect(visitor.get_by_text("Each code works once").first).to_be_visible()
    visitor.get_by_role("button", name="Make recovery codes").click()
    expect(visitor.locator(".codes code")).to_have_count(10)
    codes = visitor.locator(".codes code").all_inner_texts()
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Download").click()
    kept = download.value.path().read_text()
    assert all(code in kept for code in codes)
    sign_out(visitor)
    acts.sign_in(visitor, email)
    visitor.get_by_role("link", name="Use a recovery code").click()
    acts.give(visitor, codes[0])
    visitor.wait_for_url("**/bookings")

    # What protects the account asks again, once it was long ago.
    house.long_ago(email)
    acts.security(visitor)
    visitor.get_by_role("button", name="Remove the app").click()
    visitor.wait_for_url("**/confirm**")
    visitor.get_by_label("Password").fill(people.PASSWORD)
    visitor.get_by_role("button", name="Go on").click()
    visitor.get_by_role("link", name="Use a recovery code").click()
    acts.give(visitor, codes[1])
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Sign-in and security")
    visitor.get_by_role("button", name="Remove the app").click()
    expect(visitor.get_by_role("button", name="Set up")).to_be_visible()


def test_a_passkey_made_and_used(come: Come, house: House) -> None:
    """At localhost: browsers make no passkeys for a bare address."""
    email, visitor, home = house.newcomer(), come(), house.url.replace("127.0.0.1", "localhost")

    def give_password() -> None:
        visitor.goto(f"{home}/sign-in?next=/bookings")
        visitor.get_by_label("E-mail").fill(email)
        visitor.get_by_label("Password").fill(people.PASSWORD)
        visitor.locator("main").get_by_role("button", name="Sign in").click()

    tools = visitor.context.new_cdp_session(visitor)
    tools.send("WebAuthn.enable")
    wish = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**wish, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    give_password()
    visitor.wait_for_url("**/bookings")
    acts.security(visitor, home)
    visitor.get_by_label("Name of the device").fill("My laptop")
    visitor.get_by_role("button", name="Add a passkey").click()
    expect(visitor.get_by_text("Your passkey is ready")).to_be_visible()
    expect(visitor.locator("#passkeys").get_by_text("My laptop")).to_be_visible()
    sign_out(visitor)

    visitor.goto(f"{home}/sign-in?next=/bookings")
    visitor.get_by_role("button", name="Use a passkey").click()
    visitor.wait_for_url("**/bookings")
    sign_out(visitor)

    give_password()
    visitor.get_by_role("button", name="Use a passkey").click()
    visitor.wait_for_url("**/bookings")


def test_a_new_password_by_mail(come: Come, house: House) -> None:
    email, visitor = house.newcomer(), come()
    visitor.goto("/sign-in")
    visitor.get_by_role("link", name="Forgotten your password?").click()
    visitor.get_by_label("E-mail").fill(email)
    visitor.get_by_role("button", name="Send the link").click()

    def look() -> str | None:
        mails = [mail for mail in house.mail.messages(email) if mail["subject"] == "A new password for Jari"]
        return re.findall(r"http\S+/password/link\S+", mails[0]["text"])[0] if mails else None

    visitor.goto(wait_for(look, 20, "no mail with a link came"))
    assert "token" not in visitor.url
    visitor.get_by_label("New password").fill("Teapot-Orchard!71")
    visitor.get_by_role("button", name="Set the password").click()
    expect(visitor.get_by_text("Your new password is set")).to_be_visible()
    acts.sign_in(visitor, email, "Teapot-Orchard!71")
    visitor.wait_for_url("**/bookings")
