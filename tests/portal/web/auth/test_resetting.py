"""A new password by a link in a mail: known to the owner, told to nobody else."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, text

from portal.domains import identity
from portal.domains.identity import passwords
from portal.kernel.db import transaction
from tests.portal.web.auth.conftest import KIM, Browser, mails
from tests.support import people

NEW = "Teapot-Orchard!71"


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
