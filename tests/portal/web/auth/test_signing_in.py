"""Signing in: by the password, then by a code that works once; guessed at slowly; told to nobody who is known."""

import re
from datetime import UTC, datetime

import pyotp
import pytest
from argon2 import Parameters
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, text

from portal.domains.identity.sessions import PREFIX, key_of
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import KIM, Browser
from tests.support import effort, people

TOKEN = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}")


@pytest.fixture
def secret(database: Engine, kim: people.Person) -> str:
    return people.with_totp(database, kim)[1]


def fresh_code(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


@pytest.mark.asvs("3.7.2")
@pytest.mark.usefixtures("kim")
def test_the_right_password_opens_the_page_that_was_wanted(guest: Browser) -> None:
    answer = guest.fill_in("/sign-in?next=/account/security", email="KIM@Example.com", password=people.PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert guest.is_in
    evil = Browser(guest.client.application.test_client())
    answer = evil.fill_in("/sign-in?next=//evil.example", email=KIM, password=people.PASSWORD)
    assert answer.location == "/"


@pytest.mark.asvs("7.2.4")
@pytest.mark.usefixtures("kim")
def test_the_id_changes_and_the_old_one_is_dead(guest: Browser, redis: Redis) -> None:
    guest.get("/sign-in")
    before = guest.sid
    guest.send("/sign-in", email=KIM, password=people.PASSWORD)
    assert guest.sid not in {"", before}
    assert redis.exists(PREFIX + key_of(before)) == 0
    fixed = Browser(guest.client.application.test_client())
    fixed.client.set_cookie("sid", before, domain="localhost")
    assert not fixed.is_in


@pytest.mark.asvs("6.3.8")
def test_wrong_unknown_and_closed_are_told_the_same(guest: Browser, kim: people.Person, database: Engine) -> None:
    people.customer(database, "closed@example.com")
    with transaction(database) as tx:
        tx.execute(text("UPDATE accounts SET disabled_at = now() WHERE email = 'closed@example.com'"))
    answers = set()
    for email in (KIM, "nobody@example.com", "closed@example.com"):
        right = people.PASSWORD if email == "closed@example.com" else "Wrong-Password!1"
        answer = guest.fill_in("/sign-in", email=email, password=right)
        body = TOKEN.sub("…", answer.text.replace(email, "…"))  # a token carries the second it was made in
        nonce = answer.headers["Content-Security-Policy"].split("nonce-")[1].split("'")[0]
        answers.add((answer.status_code, body.replace(nonce, "…")))
        assert right not in answer.text
        assert f'value="{email}"' in answer.text
    assert len(answers) == 1
    assert answers.pop()[0] == 422


@pytest.mark.asvs("6.3.8")
@pytest.mark.usefixtures("kim")
def test_nor_does_the_time_tell(guest: Browser, redis: Redis) -> None:
    """What takes the time is counted: the passwords checked, and how dear each is."""

    def spent(email: str) -> list[Parameters]:
        redis.flushdb()
        guest.get("/sign-in")
        with effort.counted() as counted:
            assert guest.send("/sign-in", email=email, password="Wrong-Password!1").status_code == 422
        return counted.spent

    known, unknown = spent(KIM), spent("nobody@example.com")
    assert len(known) == 1
    assert unknown == known


@pytest.mark.asvs("6.3.1")
@pytest.mark.usefixtures("kim")
def test_the_sixth_wrong_password_has_to_wait_wherever_it_comes_from(guest: Browser, redis: Redis) -> None:
    spellings = [KIM, "KIM@example.com", "ｋｉｍ@example.com", " kim@example.com ", KIM]
    for number, email in enumerate(spellings):
        guest.get("/sign-in")
        guest.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert guest.send("/sign-in", email=email, password="Wrong-Password!1").status_code == 422
    answer = guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 301
    assert "You can try again in 5 minutes" in answer.text
    other = guest.fill_in("/sign-in", email="lee@example.com", password="Wrong-Password!1")
    assert other.status_code == 422, "nobody else waits"
    redis.flushdb()  # the time is over
    assert guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD).status_code == 303


@pytest.mark.usefixtures("kim")
def test_the_right_password_forgives_the_wrong_ones(guest: Browser) -> None:
    for _ in range(3):
        for _ in range(4):
            assert guest.fill_in("/sign-in", email=KIM, password="Wrong-Password!1").status_code == 422
        assert guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD).status_code == 303


@pytest.mark.asvs("6.3.1")
def test_one_address_that_tries_many_accounts_has_to_wait(guest: Browser) -> None:
    guest.get("/sign-in")
    answers = [
        guest.send("/sign-in", email=f"person{n}@example.com", password="Wrong-Password!1").status_code
        for n in range(32)
    ]
    assert answers == [422] * 30 + [429] * 2


def test_whoever_has_an_app_is_asked_for_its_code(guest: Browser, secret: str) -> None:
    guest.get("/sign-in")
    first = guest.sid
    answer = guest.send("/sign-in?next=/account/security", email=KIM, password=people.PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/sign-in/code")
    second = guest.sid
    assert not guest.is_in, "the password alone is not enough"
    answer = guest.fill_in("/sign-in/code", code="000000")
    assert answer.status_code == 422
    assert "This code is not right" in answer.text
    answer = guest.send("/sign-in/code", code=fresh_code(secret))
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert guest.is_in
    assert len({first, second, guest.sid}) == 3


@pytest.mark.asvs("6.5.1")
def test_a_code_opens_one_session_only(guest: Browser, secret: str, app: Flask) -> None:
    code = fresh_code(secret)
    other = Browser(app.test_client())
    for one in (guest, other):
        assert one.fill_in("/sign-in", email=KIM, password=people.PASSWORD).location == "/sign-in/code"
        one.get("/sign-in/code")
    assert guest.send("/sign-in/code", code=code).status_code == 303
    assert other.send("/sign-in/code", code=code).status_code == 422
    assert guest.is_in
    assert not other.is_in


@pytest.mark.asvs("6.6.3")
def test_after_five_wrong_codes_one_begins_with_the_password_again(guest: Browser, secret: str) -> None:
    guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    guest.get("/sign-in/code")
    assert [guest.send("/sign-in/code", code="000000").status_code for _ in range(6)] == [422] * 5 + [429]
    answer = guest.send("/sign-in/code", code=fresh_code(secret))
    assert answer.location == "/sign-in"
    assert not guest.is_in


@pytest.mark.asvs("6.5.5")
def test_a_code_has_to_come_within_ten_minutes(guest: Browser, secret: str, app: Flask) -> None:
    guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    guest.get("/sign-in/code")
    store = app.extensions["sessions"]
    stored = store.load(guest.sid)
    stored.data["pending"]["began"] -= 601
    store.save(guest.sid, stored)
    answer = guest.send("/sign-in/code", code=fresh_code(secret))
    assert answer.location == "/sign-in"
    assert "Please sign in again" in guest.get(answer.location).text
    assert not guest.is_in


def test_nobody_gets_to_the_code_without_the_password(guest: Browser, secret: str) -> None:
    assert guest.get("/sign-in/code").location == "/sign-in"
    guest.get("/sign-in")
    assert guest.send("/sign-in/code", code=fresh_code(secret)).location == "/sign-in"
    assert not guest.is_in


def test_an_account_closed_between_password_and_code_stays_closed(
    guest: Browser, secret: str, database: Engine
) -> None:
    guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    with transaction(database) as tx:
        tx.execute(text("UPDATE accounts SET disabled_at = now()"))
    assert guest.fill_in("/sign-in/code", code=fresh_code(secret)).status_code == 422
    assert not guest.is_in


@pytest.mark.asvs("7.4.1", "7.4.4", "14.3.1")
def test_signing_out_ends_the_session_everywhere(guest: Browser, kim: people.Person, app: Flask) -> None:
    guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    sid = guest.sid
    assert guest.client.get("/sign-out").status_code == 405
    guest.get("/account/security")
    answer = guest.send("/sign-out")
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert guest.sid == ""
    replay = Browser(app.test_client())
    replay.client.set_cookie("sid", sid, domain="localhost")
    assert not replay.is_in


def test_signing_in_as_somebody_else_leaves_nothing_of_the_first(
    guest: Browser, kim: people.Person, database: Engine, app: Flask
) -> None:
    people.customer(database, "lee@example.com", name="Lee Doyun")
    guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    with guest.client.session_transaction() as session:
        session["kims"] = "things"
    before = guest.sid
    guest.fill_in("/sign-in", email="lee@example.com", password=people.PASSWORD)
    stored = app.extensions["sessions"].load(guest.sid)
    assert "kims" not in stored.data
    assert app.extensions["sessions"].load(before) is None
    assert app.extensions["sessions"].of_account(str(kim.id)) == []


def test_signing_in_teaches_a_new_browser_the_language_of_the_account(guest: Browser, database: Engine) -> None:
    people.customer(database, KIM)
    with transaction(database) as tx:
        tx.execute(text("UPDATE accounts SET locale = 'ko'"))
    guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    assert '<html lang="ko">' in guest.get("/account/security").text


def test_the_moment_of_use_is_kept_for_the_list_of_sessions(guest: Browser, kim: people.Person, app: Flask) -> None:
    guest.client.environ_base["HTTP_USER_AGENT"] = "Firefox"
    guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    (line,) = app.extensions["sessions"].of_account(str(kim.id))
    assert (line.agent, line.address) == ("Firefox", "127.0.0.1")
    assert abs((datetime.now(UTC) - line.seen).total_seconds()) < 30
