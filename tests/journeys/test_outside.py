"""Somebody signs in with the provider of the demo by clicking, links it, and is told what cannot be."""

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from werkzeug.serving import make_server

from local.idp import house as idp
from local.idp.installing import install
from local.ports import LOOPBACK, free_port
from local.probe import answers
from local.process import Process
from portal import create_app
from portal.config import Settings
from portal.outside import from_environment
from tests.journeys import acts
from tests.journeys.watch import Watch
from tests.support import people

SECRET = "a secret of this client alone"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def base_url(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A portal of its own next to the provider of the demo; skips where that cannot be installed."""
    data = tmp_path_factory.mktemp("idp")
    if install(data / "venv") is None:
        pytest.skip("nanoidp cannot be installed here")
    port, url = free_port(), f"http://{LOOPBACK}:{free_port()}"
    told = {"outside": from_environment(idp.settings_for(port, SECRET)), "base_url": url}
    server = make_server(
        LOOPBACK, int(url.rpartition(":")[2]), create_app(settings.model_copy(update=told)), threaded=True
    )
    command = [sys.executable, "-m", "local.idp", "--data", data, "--port", str(port), "--portal", url]
    process = Process(command, environment={**os.environ, "IDP_SECRET": SECRET})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        wait_for(answers(f"{idp.issuer(port)}/.well-known/openid-configuration"), data / "log")
        yield url
    finally:
        process.stop()
        server.shutdown()
        thread.join()


def wait_for(ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < deadline, log.read_text() if log.exists() else "it never began"
        time.sleep(0.05)


@pytest.fixture
def page(browser: Browser, base_url: str, database: Engine) -> Iterator[Page]:
    """A visitor. What goes wrong on the provider's own pages is the provider's business."""
    watch = Watch()
    # Not by `new_context`: its address is that of the house whose tests ran before these.
    with browser.new_context(base_url=base_url, locale="en-US") as context:
        watch.tie(context, {422})
        yield context.new_page()
    assert [one for one in watch.complaints if base_url in one] == []


def agree_there(page: Page, name: str) -> None:
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(idp.PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()


def test_somebody_new_signs_in_by_clicking_and_signs_out_there_as_well(page: Page) -> None:
    page.goto("/sign-in?next=/account/security")
    page.get_by_role("button", name="Sign in with Practice ID").click()
    agree_there(page, "newcomer")
    page.wait_for_url("**/account/security")
    page.get_by_role("button", name="Unlink Practice ID").click()
    expect(page.get_by_text("This is your only way to sign in.")).to_be_visible()
    page.locator("summary:visible").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r"/\?state="))
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with Practice ID").click()
    expect(page.locator("input[name=username]")).to_be_visible()  # it asks again: nobody is signed in there


def test_whose_address_has_an_account_signs_in_first_and_links(page: Page, database: Engine) -> None:
    people.customer(database, "customer@example.com")
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with Practice ID").click()
    agree_there(page, "customer")
    expect(page.get_by_role("heading", name="Not signed in with Practice ID")).to_be_visible()
    acts.sign_in(page, "customer@example.com", people.PASSWORD)
    page.goto("/account/security")
    page.get_by_role("button", name="Link Practice ID", exact=True).click()
    agree_there(page, "customer")
    expect(page.get_by_role("button", name="Unlink Practice ID")).to_be_visible()
