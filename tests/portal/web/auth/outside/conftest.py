"""A provider that says what it is told to, another that is evil, one that is away, and what browsers do with them."""

import html
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal import create_app
from portal.config import Settings
from portal.outside import OutsideProvider
from tests.portal.web.auth.conftest import KIM, Browser
from tests.support import hostile, people
from tests.support.hostile import CLIENT, SECRET, Hostile

FACTS = {"client_id": CLIENT, "client_secret": SECRET}


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    with hostile.running() as provider:
        yield provider


@pytest.fixture(scope="module")
def evil_server() -> Iterator[Hostile]:
    with hostile.running() as provider:
        yield provider


@pytest.fixture
def idp(server: Hostile) -> Hostile:
    key = server.key
    server.__init__(server.url)  # type: ignore[misc]  # as new, but for the keys that our side has read
    server.key, server.published = key, [key]
    return server


@pytest.fixture(scope="module")
def app(settings: Settings, server: Hostile, evil_server: Hostile) -> Flask:
    outside = (
        OutsideProvider.model_validate(
            FACTS | {"name": "acme", "issuer": server.url, "label": "Acme", "second_factor_amr": "otp"}
        ),
        OutsideProvider.model_validate(FACTS | {"name": "evil", "issuer": evil_server.url, "id_token_hint": True}),
        OutsideProvider.model_validate(FACTS | {"name": "away", "issuer": "http://127.0.0.1:9"}),
    )
    app = create_app(settings.model_copy(update={"outside": outside}))
    app.testing = True
    return app


def on_the_way(answer: TestResponse) -> str:
    """The address a page of ours sends on to."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.text)
    assert found
    return html.unescape(found[1])


def set_out(browser: Browser, name: str = "acme", wanted: str = "") -> str:
    browser.get("/sign-in")
    return on_the_way(browser.send(f"/sign-in/with/{name}{'?next=' + wanted if wanted else ''}"))


def come_back(browser: Browser, told: dict[str, str], name: str = "acme") -> TestResponse:
    return browser.client.get(f"/sign-in/with/{name}/back", query_string=told)


def sign_in(browser: Browser, idp: Hostile, wanted: str = "") -> TestResponse:
    return come_back(browser, idp.authorise(set_out(browser, wanted=wanted)))


def linking(browser: Browser, name: str = "acme") -> str:
    browser.get("/account/security")
    return on_the_way(browser.send(f"/account/security/sign-ins/{name}"))


def link(browser: Browser, idp: Hostile) -> TestResponse:
    return come_back(browser, idp.authorise(linking(browser)))


def with_password(app: Flask) -> Browser:
    browser = Browser(app.test_client())
    browser.fill_in("/sign-in", email=KIM, password=people.PASSWORD)
    assert browser.is_in
    return browser
