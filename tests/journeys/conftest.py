"""A house full of real processes, and visitors with a real browser who notice every error."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

import local.browser
from tests.journeys import acts
from tests.journeys.house import House
from tests.journeys.house import house as open_house
from tests.journeys.watch import Watch

PATIENCE = 20_000  # milliseconds; the machine may be busy with other tests
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Come = Callable[..., Page]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for every journey of this test process."""
    with open_house(tmp_path_factory.mktemp("house")) as built:
        yield built


@pytest.fixture(scope="session")
def base_url(house: House) -> str:
    """Where `goto("/…")` begins."""
    return house.url


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The browser of this machine; Playwright's plugin has no option for its path."""
    path = local.browser.find()
    assert path, "no browser: `make test` installs one, or says that it cannot"
    return {"executable_path": path, "args": list(QUIET)}


@pytest.fixture
def come(new_context: Callable[..., BrowserContext]) -> Iterator[Come]:
    """Opens a browser of one more visitor: `come(expects={422}, java_script_enabled=False, …)`."""
    watch = Watch()
    expect.set_options(timeout=PATIENCE)

    def open_browser(*, expects: set[int] | None = None, **wishes: Any) -> Page:
        usual = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US", "timezone_id": "Asia/Seoul"}
        context = new_context(**{**usual, "reduced_motion": "reduce", **wishes})
        context.set_default_timeout(PATIENCE)
        watch.tie(context, expects or ())
        return context.new_page()

    yield open_browser
    assert watch.complaints == []


@pytest.fixture(scope="session")
def staff_state(browser: Browser, house: House) -> StorageState:
    """What a browser keeps of a member of staff who signed in with password and code: `come(storage_state=…)`.

    Once for all journeys, because a code works once and the next one comes half a minute later.
    """
    with browser.new_context(base_url=house.url) as context:
        staff = context.new_page()
        acts.sign_in(staff, "staff@example.com", acts.STAFF_PASSWORD)
        staff.get_by_label("Code").fill(house.code())
        staff.get_by_role("button", name="Go on").click()
        staff.wait_for_url("**/bookings")
        return context.storage_state()
