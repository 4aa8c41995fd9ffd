"""Second factors on the pages: added by proof, asked for at signing in, and told to their owner."""

from urllib.parse import unquote

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from portal import create_app
from portal.config import Settings
from portal.domains import identity
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import KIM, Browser, acts
from tests.portal.web.auth.test_signing_in import fresh_code
from tests.support import people

NUMBER = "+821012345678"


@pytest.fixture
def app(settings: Settings) -> Flask:
    """With a gateway for text messages; nobody sends to it here, the queue is looked at."""
    app = create_app(settings.model_copy(update={"sms_url": "http://127.0.0.1:9/messages"}))
    app.testing = True
    return app


def sent(database: Engine, channel: str = "mail") -> dict[str, str]:
    """What was last sent, opened: {code, number?, to?}."""
    query = "SELECT account_id, data FROM mails WHERE channel = :channel AND data ? 'sealed' ORDER BY id DESC LIMIT 1"
    with transaction(database) as tx:
        row = tx.execute(text(query), {"channel": channel}).one()
    return {**row.data, **identity.Vault(people.SECRET_KEY).unseal(row.account_id, row.data["sealed"])}


def told(database: Engine) -> list[str]:
    with transaction(database) as tx:
        return list(tx.scalars(text("SELECT data->>'what' FROM mails WHERE template = 'security_changed' ORDER BY id")))


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


@pytest.mark.asvs("6.3.7", "6.6.1", "6.6.2", "7.2.4")
def test_codes_by_mail_are_switched_on_by_one_and_then_asked_for(
    guest: Browser, kim: people.Person, database: Engine, app: Flask
) -> None:
    people.sign_in(guest.client, kim)
    guest.get("/account/security")
    assert guest.send("/account/security/email").location == "/account/security/code"
    code = sent(database)["code"]
    assert guest.fill_in("/account/security/code", code=wrong(code)).status_code == 422
    before = guest.sid
    assert guest.send("/account/security/code", code=code).location == "/account/security"
    assert guest.sid != before
    assert told(database) == ["email_codes"]

    other = Browser(app.test_client())
    assert other.fill_in("/sign-in", email=KIM, password=people.PASSWORD).location == "/sign-in/code"
    page = other.get("/sign-in/code")
    assert 'name="code"' not in page.text, "nothing was sent yet"
    assert "Send the code" in page.text
    page = other.send("/sign-in/code/sending", by="email")
    assert 'name="code"' in page.text
    new = sent(database)["code"]
    if new != code:
        assert other.send("/sign-in/code", by="email", code=code).status_code == 422, "of another challenge"
    assert other.send("/sign-in/code", by="email", code=new).status_code == 303
    assert other.is_in
    assert {"code.sent", "factor.added", "sign_in.done"} <= set(acts(database))


@pytest.mark.asvs("6.6.2")
def test_a_code_sent_to_one_browser_is_no_use_in_another(
    guest: Browser, kim: people.Person, database: Engine, app: Flask
) -> None:
    with transaction(database) as tx:
        identity.add_code_factor(tx, identity.Vault(people.SECRET_KEY), kim.id, "email", now=clock.now())
    other = Browser(app.test_client())
    for one in (guest, other):
        one.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
        one.get("/sign-in/code")
    guest.send("/sign-in/code/sending", by="email")
    code = sent(database)["code"]
    assert other.send("/sign-in/code", by="email", code=code).status_code == 422
    assert guest.send("/sign-in/code", by="email", code=code).status_code == 303


@pytest.mark.asvs("6.6.1", "6.3.7")
def test_a_phone_is_proven_before_codes_go_to_it(
    guest: Browser, kim: people.Person, database: Engine, app: Flask
) -> None:
    people.sign_in(guest.client, kim)
    page = guest.get("/account/security").text
    assert "weaker than an app or a passkey" in page
    assert guest.send("/account/security/phone", phone="12").status_code == 422
    assert guest.send("/account/security/phone", phone="010-1234-5678").status_code == 303
    assert sent(database, "sms")["number"] == NUMBER
    assert "+82 ·· 78" in guest.get("/account/security/code").text
    assert guest.send("/account/security/code", code=sent(database, "sms")["code"]).status_code == 303
    with transaction(database) as tx:
        assert identity.phone_of(tx, identity.Vault(people.SECRET_KEY), kim.id) == NUMBER
        rows = str(tx.execute(text("SELECT data FROM mails UNION ALL SELECT details FROM audit_entries")).all())
    assert "1012345678" not in rows, "not even the number lies in the queue"

    other = Browser(app.test_client())
    other.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    other.get("/sign-in/code?by=sms")
    other.send("/sign-in/code/sending", by="sms")
    assert other.send("/sign-in/code", by="sms", code=sent(database, "sms")["code"]).status_code == 303
    guest.get("/account/security")
    assert guest.send("/account/security/sms/removal").status_code == 303
    assert told(database)[-1] == "sms.removed"


def test_without_a_gateway_nobody_is_offered_text_messages(
    settings: Settings, database: Engine, kim: people.Person, guest: Browser
) -> None:
    browser = Browser(create_app(settings).test_client())
    people.sign_in(browser.client, kim)
    assert "phone" not in browser.get("/account/security").text.lower().split("authenticator")[0]
    assert browser.send("/account/security/phone", phone="010-1234-5678").status_code == 404


@pytest.mark.asvs("6.5.1", "6.3.7")
def test_recovery_codes_are_shown_once_and_open_the_door_once(
    guest: Browser, kim: people.Person, database: Engine, app: Flask
) -> None:
    person, _ = people.with_totp(database, kim)
    people.sign_in(guest.client, person)
    guest.get("/account/security")
    page = guest.send("/account/security/recovery")
    assert page.headers["Cache-Control"] == "no-store"
    file = unquote(page.text.partition('href="data:text/plain;charset=utf-8,')[2].partition('"')[0])
    codes = [line for line in file.splitlines() if line.count("-") == 2 and " " not in line]
    assert len(codes) == 10
    assert all(code in page.text for code in codes)
    assert codes[0] not in guest.get("/account/security").text

    for answer in (303, 422):
        other = Browser(app.test_client())
        other.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
        other.get("/sign-in/code?by=recovery")
        assert other.send("/sign-in/code", by="recovery", code=codes[0]).status_code == answer
    assert "9 codes are left" in guest.get("/account/security").text
    assert told(database)[-2:] == ["recovery", "recovery.used"]


@pytest.mark.asvs("6.3.3")
def test_a_remembered_device_is_not_asked_and_confirms_nothing(
    guest: Browser, kim: people.Person, database: Engine, app: Flask
) -> None:
    _, secret = people.with_totp(database, kim)
    guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    answer = guest.fill_in("/sign-in/code", by="totp", code=fresh_code(secret), remember="1")
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("device=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    guest.get("/account/security")
    guest.send("/sign-out")
    guest.get("/sign-in")
    assert guest.send("/sign-in?next=/bookings", email=KIM, password=people.PASSWORD).location == "/bookings"
    guest.get("/account/security")
    answer = guest.send("/account/security/totp/removal")
    assert answer.location.startswith("/confirm?purpose=account"), "no step-up by a device"
    assert guest.fill_in(answer.location, password=people.PASSWORD).location == "/sign-in/code"
    stranger = Browser(app.test_client())
    stranger.client.set_cookie("device", "guessed", domain="localhost")
    assert stranger.fill_in("/sign-in", email=KIM, password=people.PASSWORD).location == "/sign-in/code"


@pytest.mark.asvs("6.3.3")
def test_a_changed_password_forgets_devices(guest: Browser, kim: people.Person, database: Engine) -> None:
    _, secret = people.with_totp(database, kim)
    guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    guest.fill_in("/sign-in/code", by="totp", code=fresh_code(secret), remember="1")
    guest.fill_in("/account/password", current=people.PASSWORD, password="Teapot-Orchard!71")
    guest.get("/account/security")
    guest.send("/sign-out")
    assert guest.fill_in("/sign-in", email=KIM, password="Teapot-Orchard!71").location == "/sign-in/code"


@pytest.mark.asvs("6.3.3")
def test_staff_devices_are_never_remembered(guest: Browser, database: Engine) -> None:
    boss, secret = people.with_totp(database, people.customer(database, "boss@example.com"))
    with transaction(database) as tx:
        identity.grant_role(tx, boss.id, "refunds")
        device = identity.remember(tx, boss.id, "before the promotion", now=clock.now())
    guest.client.set_cookie("device", device, domain="localhost")
    assert guest.fill_in("/sign-in", email=boss.email, password=people.PASSWORD).location == "/sign-in/code"
    assert "30 days" not in guest.get("/sign-in/code").text
    answer = guest.send("/sign-in/code", by="totp", code=fresh_code(secret), remember="1")
    assert not any(one.startswith("device=") for one in answer.headers.getlist("Set-Cookie"))


@pytest.mark.asvs("7.5.1", "6.3.7", "7.2.4")
def test_another_address_is_proven_first_and_both_hear_of_it(
    guest: Browser, kim: people.Person, database: Engine
) -> None:
    people.sign_in(guest.client, kim)
    assert guest.fill_in("/account/email", email="new@example.com").location == "/account/security/code"
    mail = sent(database)
    assert mail["to"] == "new@example.com"
    assert guest.fill_in("/account/security/code", code=mail["code"]).status_code == 303
    with transaction(database) as tx:
        assert identity.find_by_email(tx, "new@example.com") is not None
        assert identity.find_by_email(tx, KIM) is None
        to = tx.scalars(text("SELECT data->>'to' FROM mails WHERE template = 'security_changed' ORDER BY id")).all()
    assert sorted(to) == [KIM, "new@example.com"]


@pytest.mark.asvs("6.3.8")
def test_whether_an_address_is_taken_is_told_to_its_reader_only(
    guest: Browser, kim: people.Person, database: Engine
) -> None:
    people.customer(database, "lee@example.com")
    people.sign_in(guest.client, kim)
    assert guest.fill_in("/account/email", email="lee@example.com").location == "/account/security/code"
    answer = guest.fill_in("/account/security/code", code=sent(database)["code"])
    assert answer.status_code == 422
    assert "There is an account with this address already" in answer.text


@pytest.mark.asvs("6.3.1", "6.6.3")
def test_codes_are_not_sent_without_end(guest: Browser, kim: people.Person, database: Engine) -> None:
    people.sign_in(guest.client, kim)
    guest.get("/account/security")
    assert [guest.send("/account/security/email").status_code for _ in range(6)] == [303] * 5 + [429]


@pytest.mark.asvs("16.2.5", "6.5.2")
def test_no_code_lies_anywhere_in_the_clear(
    guest: Browser, kim: people.Person, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    people.sign_in(guest.client, kim)
    guest.get("/account/security")
    guest.send("/account/security/email")
    code = sent(database)["code"]
    guest.fill_in("/account/security/code", code=code)
    with transaction(database) as tx:
        kept = str(tx.execute(text("SELECT data FROM mails UNION ALL SELECT details FROM audit_entries")).all())
    said = capsys.readouterr()
    assert code not in kept
    assert code not in said.out + said.err
