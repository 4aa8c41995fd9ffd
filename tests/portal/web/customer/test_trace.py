"""One request, followed from the page to the worker's log; and what the log must never hold."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from portal.kernel import log
from tests.portal.web.customer.conftest import Wares, form_of, hold
from tests.support import people
from tests.support.shop import Browser, Shop

REQUEST = "from-the-door.4711"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """The log as production writes it, line by line."""
    before = structlog.get_config()
    structlog.reset_defaults()
    log.set_up("DEBUG")
    # Loggers made at import keep what they were first used with; those of this test are made anew.
    structlog.configure(cache_logger_on_first_use=False, logger_factory=structlog.PrintLoggerFactory())
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    structlog.configure(**before)


def checkout(me: Browser, card: str = "pm_card_visa") -> str:
    form = form_of(me.get("/checkout").text)
    answer = me.client.post(
        "/checkout",
        data={"csrf_token": me.csrf, **form, "payment": card, "points": "0"},
        headers={"X-Request-ID": REQUEST},
    )
    assert answer.status_code == 303, answer.text
    assert answer.headers["X-Request-ID"] == REQUEST
    return str(answer.location).rpartition("/")[2]


def test_a_request_is_followed_from_the_page_to_the_workers_log(
    shop: Shop, me: Browser, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.driver, "_log", log.get("engine"))
    hold(me)
    lines()
    number = checkout(me)
    shop.settle()
    assert shop.all("SELECT trace FROM sagas WHERE key = :n", n=number) == [(REQUEST,)]
    told = [line for line in lines() if line.get("room") == "engine" and line["event"] == "visited"]
    assert told
    saga = str(shop.one("SELECT id FROM sagas WHERE key = :n", n=number))
    for line in told:
        assert (line["request_id"], line["saga"], line["kind"], line["key"]) == (REQUEST, saga, "payment", number)
    assert (told[-1]["state"], told[-1]["step"]) == ("done", "send e-mail")


def test_what_one_request_was_about_does_not_stick_to_the_next(shop: Shop, me: Browser, wares: Wares) -> None:
    hold(me)
    number = checkout(me)
    me.get("/healthz")
    assert log.trace() != REQUEST
    shop.settle()
    assert shop.one("SELECT count(*) FROM sagas WHERE trace = :t AND key = :n", t=REQUEST, n=number) == 1


def test_neither_card_nor_password_nor_session_reach_the_log(
    shop: Shop, wares: Wares, lines: Lines, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shop.driver, "_log", log.get("engine"))
    person = people.customer(shop.engine)
    browser = shop.browser(person)
    session = browser.client.get_cookie("sid")
    assert session
    hold(browser)
    checkout(browser, "pm_card_visa")
    shop.settle()
    logger = log.get("test")
    logger.error("broke", password="Harbour-Lantern!26", card_token="pm_card_visa", sid=session.value)
    logger.error("broke", error=f"sid={session.value} for pm_card_visa at postgresql://jari:Harbour-Lantern!26@db/jari")
    try:
        raise RuntimeError("DETAIL:  Failing row contains (7, Harbour-Lantern!26, pm_card_visa).")
    except RuntimeError:
        logger.exception("broke")
    written = capsys.readouterr()
    for secret in ("pm_card_visa", "Harbour-Lantern!26", session.value):
        assert secret not in written.out + written.err
    assert written.out.count('"broke"') == 3, "the lines themselves are there"
