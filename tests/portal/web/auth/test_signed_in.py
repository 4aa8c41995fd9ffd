"""The list of one's sessions: where each was last used, and ending them from any of them, on every server."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from portal import create_app
from portal.config import Settings
from portal.domains import identity
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.web.records import device
from tests.portal.web.auth.conftest import Browser
from tests.support import people

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def elsewhere(settings: Settings, kim: people.Person) -> Browser:
    """The same person on another server, with a phone."""
    browser = Browser(create_app(settings).test_client())
    people.sign_in(browser.client, kim)
    return browser


@pytest.mark.asvs("7.5.2")
def test_each_line_tells_the_device_and_the_place_of_the_last_use(
    guest: Browser, kim: people.Person, elsewhere: Browser
) -> None:
    people.sign_in(guest.client, kim)
    elsewhere.client.environ_base.update(HTTP_USER_AGENT=PHONE, REMOTE_ADDR="192.0.2.7")
    elsewhere.get("/account/security")
    elsewhere.send("/account/security/email")  # something to remember, so that it is written before the minute is over
    page = guest.get("/account/security").text
    assert "Safari · iPhone" in page
    assert "192.0.2.7" in page
    assert page.count("this device") == 1


@pytest.mark.asvs("7.5.2", "7.4.1", "7.2.1")
def test_one_is_ended_on_every_server_and_nobody_elses(
    guest: Browser, kim: people.Person, elsewhere: Browser, database: Engine, app: Flask
) -> None:
    people.sign_in(guest.client, kim)
    lee = Browser(app.test_client())
    people.sign_in(lee.client, people.customer(database, "lee@example.com"))
    guest.get("/account/security")
    assert guest.send(f"/account/sessions/{identity.key_of(lee.sid)}/end").status_code == 404
    assert guest.send("/account/sessions/nothing/end").status_code == 404
    assert lee.is_in
    assert guest.send(f"/account/sessions/{identity.key_of(elsewhere.sid)}/end").status_code == 303
    assert not elsewhere.is_in
    assert guest.is_in


@pytest.mark.asvs("7.4.3", "7.5.2")
def test_all_others_are_ended_and_their_devices_forgotten(
    guest: Browser, kim: people.Person, elsewhere: Browser, database: Engine
) -> None:
    people.sign_in(guest.client, kim)
    with transaction(database) as tx:
        identity.remember(tx, kim.id, "a thief's", now=clock.now())
    guest.get("/account/security")
    assert guest.send("/account/sessions/end").status_code == 303
    assert not elsewhere.is_in
    assert guest.is_in
    with transaction(database) as tx:
        assert identity.remembered(tx, kim.id, now=clock.now()) == []


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (PHONE, "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/27.0 Chrome/125.0 Mobile", "Samsung Internet · Android"),
        ("curl/8.0", "curl/8.0"),
        ("", ""),
    ],
)
def test_devices_have_names_that_people_know(agent: str, told: str) -> None:
    assert device(agent) == told
