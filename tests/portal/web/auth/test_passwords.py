"""Changing a password, and guessing one: slowly, whoever does it; and what asks for one is easy to fill in."""

import re

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, text

import local.redis
from portal import create_app
from portal.config import Settings
from portal.domains import identity
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import KIM, Browser, acts, mails
from tests.support import people

NEW = "Teapot-Orchard!71"


@pytest.mark.asvs("6.2.2", "6.2.3", "7.4.3", "7.2.4", "6.3.7", "16.3.1")
def test_a_change_needs_the_current_password_and_ends_other_sessions(
    guest: Browser, kim: people.Person, database: Engine, app: Flask
) -> None:
    people.sign_in(guest.client, kim)
    elsewhere = Browser(app.test_client())
    people.sign_in(elsewhere.client, kim)
    wrong = guest.fill_in("/account/password", current="Wrong-Password!1", password=NEW, others="1")
    assert wrong.status_code == 422
    assert "This is not your password" in wrong.text
    assert elsewhere.is_in
    before = guest.sid
    answer = guest.send("/account/password", current=people.PASSWORD, password=NEW, others="1")
    assert (answer.status_code, answer.location) == (303, "/account/security")
    assert guest.sid != before
    assert guest.is_in
    assert not elsewhere.is_in
    assert guest.fill_in("/sign-in", email=KIM, password=NEW).status_code == 303
    assert mails(database) == [("security_changed", "password")]
    assert "account.password_changed" in acts(database)


@pytest.mark.asvs("7.4.3")
def test_other_sessions_stay_if_one_says_so(guest: Browser, kim: people.Person, app: Flask) -> None:
    people.sign_in(guest.client, kim)
    elsewhere = Browser(app.test_client())
    people.sign_in(elsewhere.client, kim)
    assert guest.fill_in("/account/password", current=people.PASSWORD, password=NEW).status_code == 303
    assert elsewhere.is_in


@pytest.mark.asvs("6.3.1")
def test_the_current_password_is_guessed_slowly_here_too(guest: Browser, kim: people.Person) -> None:
    people.sign_in(guest.client, kim)
    guest.get("/account/password")
    tries = [guest.send("/account/password", current="Wrong!", password=NEW).status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]


@pytest.mark.asvs("16.5.3", "6.3.1")
def test_without_redis_no_password_is_tried(
    settings: Settings, kim: people.Person, mortal_redis: local.redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings.model_copy(update={"redis_url": mortal_redis.url}))
    browser = Browser(app.test_client())
    browser.get("/sign-in")
    mortal_redis.stop()
    tried: list[object] = []
    monkeypatch.setattr(identity, "check_password", lambda *what: tried.append(what))
    assert browser.send("/sign-in", email=KIM, password=people.PASSWORD).status_code == 503
    assert browser.send("/password/reset", email=KIM).status_code == 503
    assert tried == []


@pytest.mark.asvs("6.3.1")
def test_who_guesses_slowly_at_one_account_waits_too(guest: Browser, kim: people.Person, redis: Redis) -> None:
    def wait_five_minutes() -> None:
        for key in redis.keys("*"):
            if b"/password/" in key:
                redis.delete(key)

    for _ in range(20):
        wait_five_minutes()
        assert guest.fill_in("/sign-in", email=KIM, password="Wrong-Password!1").status_code == 422
    wait_five_minutes()
    assert guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD).status_code == 429
    guest.client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert guest.fill_in("/sign-in", email=KIM, password=people.PASSWORD).status_code == 303, "the owner, elsewhere"


@pytest.mark.asvs("6.2.6", "6.2.7")
def test_fields_hide_what_is_typed_and_help_password_managers(guest: Browser, kim: people.Person) -> None:
    people.sign_in(guest.client, kim)
    page = guest.get("/account/password").text
    for name, use in (("current", "current-password"), ("password", "new-password")):
        found = re.search(rf'<input [^>]*name="{name}"[^>]*>', page)
        assert found is not None
        assert 'type="password"' in found[0]
        assert f'autocomplete="{use}"' in found[0]
    assert "onpaste" not in page


@pytest.mark.asvs("6.2.10", "6.4.2", "6.3.2")
def test_no_expiry_no_questions_no_account_by_default(database: Engine) -> None:
    with transaction(database) as tx:
        columns = set(
            tx.scalars(text("SELECT column_name FROM information_schema.columns WHERE table_name = 'accounts'"))
        )
        assert tx.scalar(text("SELECT count(*) FROM accounts")) == 0
    assert columns == {
        "id", "email", "name", "password_hash", "locale", "time_zone", "disabled_at", "created_at", "updated_at",
        "valid_from",
    }  # fmt: skip


@pytest.mark.asvs("6.2.5")
def test_the_rule_on_the_page_is_the_rule_in_force(settings: Settings, database: Engine, redis: Redis) -> None:
    app = create_app(settings.model_copy(update={"password_composition": False}))
    browser = Browser(app.test_client())
    page = browser.get("/sign-up").text
    assert "upper-case" not in page
    answer = browser.send("/sign-up", name="Kim", email="new@example.com", password="teapotsunderharbours")
    assert answer.status_code == 303
