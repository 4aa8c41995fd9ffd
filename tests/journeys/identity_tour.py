"""Everything that has to do with who one is: two ways in, what protects an account, apps, and what staff see of it."""

import re
from urllib.parse import urlencode

import pyotp
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from local.idp import house as idp
from portal.domains import identity
from portal.domains.identity import federation
from portal.kernel.db import transaction
from tests.journeys import acts
from tests.journeys.camera import SIZES, Camera
from tests.journeys.house import SECRET_KEY, House, wait_for
from tests.support import people
from tests.support.apps import challenge_of

EMAIL, ADMIN, PHONE = "yun@example.com", "dana@example.com", "+821055500777"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1"
PRACTICE = idp.settings_for(1, "nobody is asked for it")
"""A provider for the house of the pictures: it has a name and never answers."""


def identity_tour(house: House, camera: Camera, browser: Browser) -> None:
    """A person with all there is, and the member of staff who looks after access."""
    people.customer(house.engine, EMAIL, name="Seo Yun")
    home = house.url.replace("127.0.0.1", "localhost")  # browsers make no passkeys for a bare address
    page, phone = _visitor(browser, home), _visitor(browser, home, IPHONE)
    acts.sign_in(page, EMAIL)
    _second_factors(camera, page)
    _codes(house, camera, page)
    _passkey(camera, page)
    _link(house)
    _another_device(house, camera, phone)
    _all_of_it(house, camera, page)
    _apps(house, camera, page)
    _forgotten(house, camera, _visitor(browser, home))
    _staff(house, camera, _visitor(browser, house.url))
    house.long_ago(EMAIL)
    page.goto("/confirm?purpose=act")
    camera.take(page, "confirm-code", "Confirming by what is strongest: a passkey, or the code of the app.")


def _second_factors(camera: Camera, page: Page) -> None:
    acts.security(page)
    camera.take(page, "security-new", "Sign-in and security as somebody new finds it.")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("img", name=re.compile("QR"))).to_be_visible()
    camera.take(page, "two-factor", "An authenticator app: scan, type the code, done.", dark=True, at="#totp")
    secret = page.locator("#totp code").inner_text().replace(" ", "")
    acts.give(page, pyotp.TOTP(secret).now(), "Confirm")
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.locator(".codes code")).to_have_count(10)
    camera.take(page, "recovery-codes", "Recovery codes: shown once, to print or to keep as a file.")


def _codes(house: House, camera: Camera, page: Page) -> None:
    acts.security(page)
    page.get_by_label("Mobile phone number").fill(PHONE)
    page.get_by_role("button", name="Get codes by text message").click()
    camera.take(page, "new-code", "A phone counts once the code that was sent to it is typed.")
    acts.give(page, _texted(house, 1), "Confirm")


def _passkey(camera: Camera, page: Page) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    wish = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**wish, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    acts.security(page)
    page.get_by_label("Name of the device").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Your passkey is ready")).to_be_visible()
    acts.security(page)
    camera.take(page, "passkeys", "Passkeys: each device by its name, and one press to add another.", at="#passkeys")


def _link(house: House) -> None:
    """As if the provider had said so."""
    said = federation.Answer("practice", PRACTICE["OIDC_PRACTICE_ISSUER"], "yun", email="yun@practice.example")
    with transaction(house.engine) as tx:
        account = identity.find_by_email(tx, EMAIL)
        assert account
        federation.link(tx, account.id, said)


def _another_device(house: House, camera: Camera, phone: Page) -> None:
    acts.sign_in(phone, EMAIL)
    camera.take(phone, "code-choices", "The second factor: the strongest first, and whatever else the person has.")
    phone.get_by_role("link", name="Get a code by text message").click()
    phone.get_by_role("button", name="Send the code").click()
    code = _texted(house, 2)
    camera.take(phone, "code-sent", "A code by text message, and a device that is not asked again.")
    phone.get_by_label("Do not ask for a code").check()
    acts.give(phone, code)
    phone.wait_for_url("**/bookings")


def _all_of_it(house: House, camera: Camera, page: Page) -> None:
    acts.security(page)
    camera.take(page, "security", "The same with everything set up, in its full length.", dark=True, whole=True)
    camera.take(page, "sessions", "Where one is signed in: end one, or all but this.", at="#sessions")
    camera.take(page, "outside-accounts", "Accounts elsewhere that open this one.", at="#linked")
    page.goto("/account/password")
    camera.take(page, "password", "Another password; whoever knows the old one is signed out with it.")
    page.goto("/account/email")
    camera.take(page, "email", "Another address: it counts once the code sent there is typed.")
    house.long_ago(EMAIL)
    acts.security(page)
    page.get_by_role("button", name="Remove the app").click()
    page.wait_for_url("**/confirm**")
    camera.take(page, "confirm", "What protects the account asks again who one is, when that was a while ago.")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Now press the button once more")).to_be_visible()
    camera.take(page, "confirmed", "Confirmed: back where one came from, to press once more.")


def _apps(house: House, camera: Camera, page: Page) -> None:
    page.context.route("http://127.0.0.1:1/**", lambda route: route.fulfill(body="Back in the app"))
    asked = {
        "response_type": "code",
        "client_id": "sample-app",
        "redirect_uri": "http://127.0.0.1:1/done",
        "scope": "bookings:read points:read",
        "code_challenge": challenge_of("x" * 43),
        "code_challenge_method": "S256",
    }
    page.goto(f"/oauth/authorize?{urlencode(asked)}")
    camera.take(page, "consent", "An app asks: for what, until when, and two answers that are as easy.", dark=True)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url("http://127.0.0.1:1/**")
    _as_if_used(house)
    page.goto("/account/apps")
    camera.take(page, "apps", "Connected apps: what each may do, and one press that ends it.")


def _forgotten(house: House, camera: Camera, page: Page) -> None:
    page.goto("/password/new")
    camera.take(page, "link-over", "A link that is used up, or too old.")
    page.goto("/password/reset")
    camera.take(page, "forgot-password", "A forgotten password.")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Send the link").click()
    camera.take(page, "link-sent", "The same answer whether there is such an account or not.")

    def look() -> str | None:
        mails = [mail for mail in house.mail.messages(EMAIL) if mail["subject"] == "A new password for Jari"]
        return re.findall(r"/password/link\S+", mails[-1]["text"])[0] if mails else None

    page.goto(wait_for(look, 20, "no mail with a link came"))
    camera.take(page, "new-password", "What the link leads to.")
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with Practice ID").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not signed in with Practice ID")
    camera.take(page, "outside-refused", "A provider that does not answer: nothing happened, and the other way in.")


def _staff(house: House, camera: Camera, page: Page) -> None:
    person = people.without_factor(house.engine, "admin", email=ADMIN, name="Ryu Dana")
    _, secret = people.with_totp(house.engine, person, SECRET_KEY)
    acts.sign_in(page, ADMIN)
    acts.give(page, pyotp.TOTP(secret).now())
    page.wait_for_url("**/bookings")
    page.goto("/staff/access")
    camera.take(page, "staff-access", "Who works here, with which roles; and anybody by name or address.", dark=True)
    page.goto("/staff/access?q=yun")
    page.get_by_role("link", name="Seo Yun").click()
    page.wait_for_url("**/staff/access/*")
    camera.take(page, "staff-person", "One person: roles, sessions, what happened to the account.", whole=True)


def _texted(house: House, how_many: int) -> str:
    def look() -> str | None:
        got = house.telephone.messages(PHONE)
        return re.findall(r"\d{6}", got[-1]["text"])[0] if len(got) >= how_many else None

    return str(wait_for(look, 20, "no text message with a code came"))


def _as_if_used(house: House) -> None:
    """What trading the code makes."""
    connect = """INSERT INTO oauth_grants (id, kind, account_id, client_id, scope, granted_at, used_at, expires_at)
        SELECT gen_random_uuid(), 'code', account_id, client_id, scope, now(), now(), now() + interval '30 days'
        FROM oauth_codes"""
    with house.engine.begin() as connection:
        connection.execute(text(connect))


def _visitor(browser: Browser, home: str, agent: str | None = None) -> Page:
    wishes = {"viewport": SIZES["desktop"], "locale": "en-US", "timezone_id": "Asia/Seoul", "reduced_motion": "reduce"}
    context = browser.new_context(base_url=home, user_agent=agent, **wishes)
    return context.new_page()
