"""Changing a password, and getting a new one by mail: known to the owner, told to nobody else."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, text

import local.redis
from portal import create_app
from portal.config import Settings
from portal.domains import identity
from portal.domains.identity import passwords
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import Browser
from tests.support import people

KIM, NEW = "kim@example.com", "Teapot-Orchard!71"


@pytest.fixture
def kim(database: Engine) -> people.Person:
    return people.customer(database, KIM)


def link_of(database: Engine, email: str = KIM) -> str:
    """The link in the last mail, as its reader sees it."""
    with transaction(database) as tx:
        row = tx.execute(
            text(
                "SELECT m.account_id, m.data FROM mails m JOIN accounts a ON a.id = m.account_id "
                "WHERE m.template = 'password_reset' AND a.email = :email ORDER BY m.id DESC LIMIT 1"
            ),
            {"email": email},
        ).one()
    return str(identity.Vault(people.SECRET_KEY).unseal(row.account_id, row.data["sealed"])["path"])


def mails(database: Engine) -> list[tuple[str, str]]:
    with transaction(database) as tx:
        return [tuple(row) for row in tx.execute(text("SELECT template, data->>'what' FROM mails ORDER BY id"))]


def acts(database: Engine) -> list[str]:
    with transaction(database) as tx:
        return list(tx.scalars(text("SELECT action FROM audit_entries ORDER BY id")))


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


@pytest.mark.asvs("6.4.1", "6.4.3")
def test_a_link_sets_a_new_password_once_ends_sessions_and_keeps_the_second_factor(
    guest: Browser, kim: people.Person, database: Engine, app: Flask
) -> None:
    people.with_totp(database, kim)
    elsewhere = Browser(app.test_client())
    people.sign_in(elsewhere.client, kim)
    assert guest.fill_in("/password/reset", email="KIM@example.com").status_code == 200
    link = link_of(database)
    answer = guest.get(link)
    assert answer.location == "/password/new", "the secret leaves the address bar"
    weak = guest.fill_in("/password/new", password="Minseo-teapot!99")
    assert weak.status_code == 422
    assert guest.send("/password/new", password=NEW).location == "/sign-in"
    assert not elsewhere.is_in
    assert guest.fill_in("/sign-in", email=KIM, password=NEW).location.startswith("/sign-in/"), "the app is asked for"
    assert not guest.is_in
    guest.get(link)
    assert guest.get("/password/new").status_code == 404
    assert ("security_changed", "password") in mails(database)


@pytest.mark.asvs("6.3.8")
def test_known_and_unknown_addresses_get_the_same_answer(
    guest: Browser, kim: people.Person, redis: Redis, database: Engine
) -> None:
    def ask(email: str) -> tuple[int, str]:
        redis.flushdb()
        guest.get("/password/reset")
        answer = guest.send("/password/reset", email=email)
        body = re.sub(r'nonce="[^"]*"|value="[^"]*"', "", answer.text.replace(email, "…"))
        return answer.status_code, body

    assert ask(KIM) == ask("nobody@example.com")
    assert {template for template, _ in mails(database)} == {"password_reset"}


@pytest.mark.asvs("6.3.8")
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/password/reset", {}),
        ("/sign-in", {"password": "Wrong-Password!1"}),
        ("/sign-up", {"name": "Kim Minseo", "password": people.PASSWORD}),
    ],
)
def test_known_and_unknown_addresses_cost_the_same_work(
    guest: Browser, kim: people.Person, monkeypatch: pytest.MonkeyPatch, path: str, fields: dict[str, str]
) -> None:
    """What a clock shows on a quiet machine, counted: a check of a password outweighs everything else."""
    done: list[str] = []

    @contextmanager
    def turn() -> Iterator[None]:
        done.append(path)
        yield

    monkeypatch.setattr(passwords, "_turn", turn)
    work = []
    for email in (KIM, "nobody@example.com"):
        done.clear()
        guest.fill_in(path, email=email, **fields)
        work.append(len(done))
    assert work == [1, 1]


@pytest.mark.asvs("6.3.1")
def test_one_account_gets_five_links_an_hour(guest: Browser, kim: people.Person) -> None:
    assert [guest.fill_in("/password/reset", email=KIM).status_code for _ in range(6)] == [200] * 5 + [429]
    assert [guest.fill_in("/password/reset", email="no@example.com").status_code for _ in range(6)] == [200] * 5 + [429]


@pytest.mark.asvs("6.5.2", "16.2.5")
def test_the_link_lies_sealed_in_the_queue_and_never_in_a_log(
    guest: Browser,
    kim: people.Person,
    database: Engine,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    guest.fill_in("/password/reset", email=KIM)
    link = link_of(database)
    secret = link.partition("token=")[2]
    guest.get(link)
    guest.fill_in("/password/new", password=NEW)
    with transaction(database) as tx:
        kept = str(tx.execute(text("SELECT data FROM mails")).all()) + str(
            tx.execute(text("SELECT * FROM audit_entries")).all()
        )
    said = capsys.readouterr()
    for planted in (secret, NEW):
        assert planted not in kept
        assert planted not in caplog.text + said.out + said.err


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
