"""People and access: roles, sessions and accounts of others, in the hands of those who hold the permission."""

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, text

from portal import create_app
from portal.config import Settings
from portal.domains import audit, identity
from portal.kernel.db import transaction
from portal.kernel.redis import client as redis_client
from tests.portal.web.auth.conftest import Browser
from tests.support import people


@pytest.fixture
def redis(redis_url: str) -> Redis:
    redis = redis_client(redis_url)
    redis.flushdb()
    return redis


@pytest.fixture
def boss(app: Flask, database: Engine, redis: Redis) -> Browser:
    browser = Browser(app.test_client())
    people.sign_in(browser.client, people.staff(database, "admin", email="boss@example.com"))
    browser.get("/staff/access")
    return browser


@pytest.fixture
def kim(database: Engine) -> people.Person:
    return people.customer(database, "kim@example.com")


@pytest.fixture
def kims(app: Flask, kim: people.Person) -> Browser:
    browser = Browser(app.test_client())
    people.sign_in(browser.client, kim)
    return browser


def acts(database: Engine, person: people.Person) -> list[tuple[str, bool]]:
    with transaction(database) as tx:
        return [(e.action, e.actor_id == person.id) for e in audit.entries_about(tx, "account", person.id)]


def test_people_are_found_by_name_and_address(boss: Browser, kim: people.Person) -> None:
    assert "kim@example.com" not in boss.get("/staff/access").text
    assert "boss@example.com" in boss.get("/staff/access").text
    for q in ("kim@ex", "minseo"):
        assert "kim@example.com" in boss.get(f"/staff/access?q={q}").text
    assert "kim@example.com" not in boss.get("/staff/access?q=%25").text


@pytest.mark.asvs("7.4.5", "7.4.1")
def test_staff_end_one_or_all_sessions_of_somebody_on_every_server(
    boss: Browser, kim: people.Person, kims: Browser, settings: Settings, database: Engine, app: Flask
) -> None:
    second = Browser(create_app(settings).test_client())
    people.sign_in(second.client, kim)
    page = boss.get(f"/staff/access/{kim.id}").text
    assert page.count("last used") == 2
    key = identity.key_of(second.sid)
    assert boss.send(f"/staff/access/{kim.id}/sessions/end", key=key).status_code == 303
    assert not second.is_in
    assert kims.is_in
    people.sign_in(second.client, kim)
    assert boss.send(f"/staff/access/{kim.id}/sessions/end").status_code == 303
    assert not second.is_in
    assert not kims.is_in
    assert acts(database, kim).count(("session.ended", False)) == 2


@pytest.mark.asvs("7.4.2")
def test_a_closed_account_is_out_at_once_and_stays_out(
    boss: Browser, kim: people.Person, kims: Browser, app: Flask
) -> None:
    assert boss.send(f"/staff/access/{kim.id}/closing").status_code == 303
    assert app.extensions["sessions"].of_account(str(kim.id)) == [], "not at the next request: now"
    assert not kims.is_in
    assert kims.fill_in("/sign-in", email=kim.email, password=people.PASSWORD).status_code == 422
    assert boss.send(f"/staff/access/{kim.id}/closing", open="1").status_code == 303
    assert kims.fill_in("/sign-in", email=kim.email, password=people.PASSWORD).status_code == 303


@pytest.mark.asvs("6.4.6")
def test_staff_send_a_link_and_set_no_password(boss: Browser, kim: people.Person, app: Flask, database: Engine) -> None:
    assert boss.send(f"/staff/access/{kim.id}/reset").status_code == 303
    with transaction(database) as tx:
        assert tx.scalars(text("SELECT template FROM mails")).all() == ["password_reset"]
    fields = boss.get(f"/staff/access/{kim.id}").text
    assert 'type="password"' not in fields


@pytest.mark.asvs("8.2.1", "8.3.2")
def test_roles_are_given_taken_and_on_record(boss: Browser, kim: people.Person, database: Engine) -> None:
    assert boss.send(f"/staff/access/{kim.id}/roles", role="refunds").status_code == 303
    with transaction(database) as tx:
        assert identity.get_account(tx, kim.id).roles == {"refunds"}
    assert boss.send(f"/staff/access/{kim.id}/roles").status_code == 303
    with transaction(database) as tx:
        assert identity.get_account(tx, kim.id).roles == frozenset()
        (taken, given) = audit.entries_about(tx, "account", kim.id)
    assert given.details["given"] == ["refunds"]
    assert taken.details["taken"] == ["refunds"]
    assert boss.send(f"/staff/access/{kim.id}/roles", role="emperor").status_code == 422


def test_nobody_takes_their_own_keys(boss: Browser, database: Engine) -> None:
    with transaction(database) as tx:
        own = identity.find_by_email(tx, "boss@example.com")
        assert own is not None
        own_id = own.id
    for path in ("roles", "closing"):
        assert boss.send(f"/staff/access/{own_id}/{path}").status_code == 409
    assert boss.client.get("/staff/access").status_code == 200


@pytest.mark.asvs("7.5.3")
@pytest.mark.parametrize("path", ["roles", "closing", "reset", "sessions/end"])
def test_each_act_asks_who_one_is(app: Flask, database: Engine, kim: people.Person, redis: Redis, path: str) -> None:
    browser = Browser(app.test_client())
    people.sign_in(browser.client, people.staff(database, "admin"), fresh=False)
    browser.get("/staff/access")
    answer = browser.send(f"/staff/access/{kim.id}/{path}")
    assert answer.location.startswith("/confirm?purpose=act")


@pytest.mark.asvs("16.3.2", "8.2.1")
def test_a_denied_page_is_on_record_once_an_hour(app: Flask, database: Engine, redis: Redis) -> None:
    browser = Browser(app.test_client())
    clerk = people.staff(database, "catalog")
    people.sign_in(browser.client, clerk)
    for _ in range(3):
        assert browser.client.get("/staff/access").status_code == 403
    with transaction(database) as tx:
        (entry,) = audit.entries_about(tx, "account", clerk.id)
    assert entry.action == "access.denied"
    assert entry.details["page"] == "staff.access"
    assert entry.details["needs"] == ["admin"]
