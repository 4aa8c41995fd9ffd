"""Passkeys: one opens the account without a password; lies of devices and pages, copies and repeats open nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from portal.domains import identity
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import KIM, Browser
from tests.support import people
from tests.support.authenticator import Authenticator


def challenge(browser: Browser, path: str = "/passkeys/challenge?anew=1") -> dict[str, Any]:
    answer = browser.client.post(path, headers={"X-CSRFToken": browser.csrf})
    assert answer.status_code == 200
    return dict(answer.get_json())


@pytest.fixture
def device(guest: Browser, kim: people.Person, app: Flask) -> Authenticator:
    """A device with a passkey of Kim's, made on the page."""
    owner, device = Browser(app.test_client()), Authenticator()
    people.sign_in(owner.client, kim)
    owner.get("/account/security")
    options = challenge(owner, "/account/security/passkeys/challenge")
    assert options["authenticatorSelection"]["userVerification"] == "required"
    answer = owner.send("/account/security/passkeys", credential=device.create(options), name="My phone")
    assert answer.location == "/account/security"
    assert "My phone" in owner.get("/account/security").text
    return device


def enter(browser: Browser, device: Authenticator) -> bool:
    browser.get("/sign-in")
    answer = browser.send("/sign-in/passkey", anew="1", credential=device.get(challenge(browser)))
    assert answer.status_code == 303
    return browser.is_in


@pytest.mark.asvs("6.3.3", "6.3.7", "7.2.4", "16.3.1")
def test_a_passkey_signs_in_without_a_password_and_confirms(
    guest: Browser, device: Authenticator, database: Engine, app: Flask
) -> None:
    guest.get("/sign-in")
    before = guest.sid
    assert enter(guest, device)
    assert guest.sid != before
    stored = app.extensions["sessions"].load(guest.sid)
    assert stored.data["proven"] is True
    assert stored.data["shown"] == ["passkey"]
    guest.get("/account/security")
    assert guest.send("/account/security/recovery").status_code == 200, "as fresh as it gets"
    with transaction(database) as tx:
        told = tx.scalars(text("SELECT data->>'what' FROM mails")).all()
        acts = tx.scalars(text("SELECT action FROM audit_entries")).all()
    assert "passkey" in told
    assert {"factor.added", "sign_in.done"} <= set(acts)


@pytest.mark.asvs("6.3.3")
def test_it_is_the_second_factor_after_a_password(guest: Browser, device: Authenticator) -> None:
    assert guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD).location == "/sign-in/code"
    page = guest.get("/sign-in/code").text
    assert 'data-passkey="get"' in page
    assert not guest.is_in
    options = challenge(guest, "/passkeys/challenge")
    assert len(options["allowCredentials"]) == 1
    guest.send("/sign-in/passkey", credential=device.get(options))
    assert guest.is_in


LIES: dict[str, Callable[[Authenticator], object]] = {
    "another origin": lambda d: setattr(d, "origin", "https://jari.example.evil"),
    "another host": lambda d: setattr(d, "rp_id", "evil.example"),
    "nobody verified": lambda d: setattr(d, "verified", False),
    "another key": lambda d: setattr(d, "key", Authenticator().key),
    "an unknown key": lambda d: setattr(d, "credential_id", b"unknown"),
    "another person's handle": lambda d: setattr(d, "handle", b"x" * 16),
}


@pytest.mark.asvs("6.3.3", "6.5.1")
@pytest.mark.parametrize("lie", LIES)
def test_lies_open_nothing(guest: Browser, device: Authenticator, lie: str) -> None:
    LIES[lie](device)
    assert not enter(guest, device)


@pytest.mark.asvs("6.5.1")
def test_a_copy_that_falls_behind_opens_nothing(guest: Browser, device: Authenticator, app: Flask) -> None:
    device.count = 7
    assert enter(guest, device)
    device.count = 7
    assert not enter(Browser(app.test_client()), device)
    device.count = 8
    assert enter(Browser(app.test_client()), device)


@pytest.mark.asvs("6.5.1")
def test_an_answer_works_once_and_in_its_session_only(guest: Browser, device: Authenticator, app: Flask) -> None:
    guest.get("/sign-in")
    answer = device.get(challenge(guest))
    other = Browser(app.test_client())
    other.get("/sign-in")
    other.send("/sign-in/passkey", anew="1", credential=answer)
    assert not other.is_in, "no challenge was asked for there"
    challenge(other)
    other.send("/sign-in/passkey", anew="1", credential=answer)
    assert not other.is_in, "that challenge is another one"
    guest.send("/sign-in/passkey", anew="1", credential=answer)
    assert guest.is_in
    guest.get("/account/security")
    guest.send("/sign-out")
    guest.get("/sign-in")
    guest.send("/sign-in/passkey", anew="1", credential=answer)
    assert not guest.is_in


@pytest.mark.asvs("6.5.1")
def test_a_challenge_is_used_once_also_by_many_at_a_time(app: Flask) -> None:
    store = app.extensions["sessions"]
    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(lambda _: store.use_once("a challenge", 60), range(20))) == 1


def test_nonsense_is_answered_calmly(guest: Browser, device: Authenticator) -> None:
    guest.get("/sign-in")
    for nonsense in ("", "{}", "[]", "null", '{"id": 1}', "x" * 5000):
        challenge(guest)
        assert guest.send("/sign-in/passkey", anew="1", credential=nonsense).location == "/sign-in"


@pytest.mark.asvs("6.3.8")
def test_nobody_learns_who_has_a_passkey(guest: Browser, device: Authenticator) -> None:
    guest.get("/sign-in")
    assert challenge(guest).get("allowCredentials", []) == []


@pytest.mark.asvs("7.4.2")
def test_a_closed_account_is_not_opened(guest: Browser, device: Authenticator, database: Engine) -> None:
    with transaction(database) as tx:
        tx.execute(text("UPDATE accounts SET disabled_at = now()"))
    assert not enter(guest, device)


def test_a_passkey_is_removed_by_its_owner_only(
    guest: Browser, device: Authenticator, kim: people.Person, database: Engine
) -> None:
    with transaction(database) as tx:
        (key,) = identity.passkeys.of_account(tx, kim.id)
    people.sign_in(guest.client, people.customer(database, "lee@example.com"))
    guest.get("/account/security")
    assert guest.send(f"/account/security/passkeys/{key.id}/removal").status_code == 404
    people.sign_in(guest.client, kim)
    guest.get("/account/security")
    assert guest.send(f"/account/security/passkeys/{key.id}/removal").status_code == 303
    with transaction(database) as tx:
        assert identity.passkeys.of_account(tx, kim.id) == []


def test_the_same_key_is_not_kept_twice(guest: Browser, device: Authenticator, kim: people.Person) -> None:
    people.sign_in(guest.client, kim)
    guest.get("/account/security")
    options = challenge(guest, "/account/security/passkeys/challenge")
    assert len(options["excludeCredentials"]) == 1
    guest.send("/account/security/passkeys", credential=device.create(options))
    assert "This passkey is here already" in guest.get("/account/security").text
