"""Setting up an authenticator app: shown once, proven, and from then on asked for."""

import html
import re
from urllib.parse import unquote

import pyotp
import pytest
from flask import Flask
from sqlalchemy import Engine

from portal.domains import identity
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import Browser
from tests.support import people


@pytest.fixture
def kim(guest: Browser, database: Engine) -> people.Person:
    person = people.customer(database, "kim@example.com")
    people.sign_in(guest.client, person)
    return person


def shown_key(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    return found[1].replace(" ", "")


@pytest.mark.usefixtures("kim")
def test_an_app_is_set_up_by_picture_or_key(guest: Browser) -> None:
    assert "<img" not in guest.get("/account/security").text, "looking makes no secret"
    assert guest.send("/account/security/totp").status_code == 303
    page = guest.get("/account/security").text
    key = shown_key(page)
    picture = re.search(r'<img src="(data:image/svg\+xml[^"]+)"', page)
    assert picture is not None
    assert "<svg" in unquote(html.unescape(picture[1]))
    wrong = guest.send("/account/security/totp/confirmation", code="000000")
    assert wrong.status_code == 422
    assert "This code is not right" in wrong.text
    assert shown_key(wrong.text) == key, "the same key is still there to be scanned"
    before = guest.sid
    right = guest.send("/account/security/totp/confirmation", code=pyotp.TOTP(key).at(clock.now()))
    assert (right.status_code, right.location) == (303, "/account/security")
    assert guest.sid != before
    page = guest.get("/account/security").text
    assert "Each code works once" in page
    assert key not in page
    assert guest.send("/account/security/totp").status_code == 409, "a confirmed app is not replaced"


def test_new_staff_get_through_to_the_back_office(guest: Browser, app: Flask, database: Engine) -> None:
    person = people.customer(database, "new@example.com")
    with transaction(database) as tx:
        identity.grant_role(tx, person.id, "refunds")
    answer = guest.fill_in("/sign-in", email="new@example.com", password=people.PASSWORD)
    assert answer.location == "/account/security?need=staff"
    assert "Set up a second factor first" in guest.get(answer.location).text
    answer = guest.send("/account/security/totp?need=staff")
    key = shown_key(guest.get(answer.location).text)
    code = pyotp.TOTP(key).at(clock.now())
    answer = guest.send("/account/security/totp/confirmation?need=staff", code=code)
    assert answer.status_code == 303
    stored = app.extensions["sessions"].load(guest.sid)
    assert (stored.data["proven"], stored.data["as_staff"]) == (True, True)
    assert stored.ends - stored.began == 12 * 3600


def test_a_session_revoked_while_the_app_was_confirmed_does_not_come_back(
    guest: Browser, kim: people.Person, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest.get("/account/security")
    guest.send("/account/security/totp")
    key = shown_key(guest.get("/account/security").text)
    confirm = identity.confirm_totp

    def confirm_slowly(*what: object, **how: object) -> None:
        confirm(*what, **how)
        app.extensions["sessions"].revoke_all(str(kim.id))  # from another browser, meanwhile

    monkeypatch.setattr(identity, "confirm_totp", confirm_slowly)
    answer = guest.send("/account/security/totp/confirmation", code=pyotp.TOTP(key).at(clock.now()))
    assert answer.location == "/sign-in"
    assert app.extensions["sessions"].of_account(str(kim.id)) == []
    assert not guest.is_in


@pytest.mark.usefixtures("kim")
@pytest.mark.parametrize("code", ["", "12345678901234567890123", "abcdef"])
def test_what_is_no_code_is_told_next_to_the_field(guest: Browser, code: str) -> None:
    guest.get("/account/security")
    guest.send("/account/security/totp")
    answer = guest.send("/account/security/totp/confirmation", code=code)
    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text


@pytest.mark.usefixtures("kim")
def test_confirming_what_was_never_begun_is_not_found(guest: Browser) -> None:
    guest.get("/account/security")
    assert guest.send("/account/security/totp/confirmation", code="123456").status_code == 404


@pytest.mark.usefixtures("kim")
def test_codes_are_guessed_slowly_here_too(guest: Browser) -> None:
    guest.get("/account/security")
    guest.send("/account/security/totp")
    tries = [guest.send("/account/security/totp/confirmation", code="000000").status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]
