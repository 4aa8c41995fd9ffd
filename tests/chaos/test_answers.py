"""What excuses a bad answer: only that the very part was struck which alone can spoil it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from local.ports import LOOPBACK, free_port
from tests.chaos import answers
from tests.chaos.answers import Client
from tests.chaos.away import POSTGRES, REDIS, Away
from tests.chaos.notes import Notes


class Web(HTTPServer):
    """Answers with these statuses, one after the other, then with 200."""

    statuses: tuple[int, ...] = ()


class Handler(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        status, *rest = *self.server.statuses, 200
        self.server.statuses = tuple(rest[:-1])
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def web() -> Iterator[Web]:
    with Web((LOOPBACK, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def trouble(web: Web, *statuses: int, struck: str = "") -> list[str]:
    """What is said to be broken after a call that was answered so."""
    away, notes = Away(), Notes()
    if struck:
        away.strike(struck)
    web.statuses = statuses
    house = SimpleNamespace(webs=[("web-0", f"http://{LOOPBACK}:{web.server_port}")])
    trial: Any = SimpleNamespace(house=house, away=away, notes=notes)
    answer = Client(trial, "token", Random(1)).call("GET", "/orders")
    assert answer is not None
    assert answer.status_code == 200
    return notes.broken


def test_a_good_answer_needs_no_excuse(web: Web) -> None:
    assert trouble(web) == []


@pytest.mark.parametrize(
    ("status", "struck", "broken"),
    [
        (503, POSTGRES, 0),
        (503, "", 1),
        (503, REDIS, 1),
        (503, "web-0", 1),
        (500, POSTGRES, 1),
        (500, "web-0", 1),
    ],
)
def test_a_failure_is_excused_by_the_database_only_and_a_500_never(
    web: Web, status: int, struck: str, broken: int
) -> None:
    assert len(trouble(web, status, struck=struck)) == broken


@pytest.mark.parametrize(("struck", "broken"), [("web-0", 1), ("web-1", 2), (POSTGRES, 2)])
def test_who_is_not_reached_must_have_been_struck_itself(
    monkeypatch: pytest.MonkeyPatch, struck: str, broken: int
) -> None:
    monkeypatch.setattr(answers, "PATIENCE", 0.05)
    away, notes = Away(), Notes()
    away.strike(struck)
    house = SimpleNamespace(webs=[("web-0", f"http://{LOOPBACK}:{free_port()}")])
    trial: Any = SimpleNamespace(house=house, away=away, notes=notes)
    assert Client(trial, "token", Random(1)).call("GET", "/orders") is None
    assert len(notes.broken) == broken  # one of them: it was never answered


def test_who_is_not_reached_is_passed_over_for_another(web: Web) -> None:
    away, notes = Away(), Notes()
    away.strike("web-0")
    dead, sound = f"http://{LOOPBACK}:{free_port()}", f"http://{LOOPBACK}:{web.server_port}"
    trial: Any = SimpleNamespace(
        house=SimpleNamespace(webs=[("web-0", dead), ("web-1", sound)]), away=away, notes=notes
    )
    for seed in range(8):  # among them some who begin at the dead one
        answer = Client(trial, "token", Random(seed)).call("GET", "/orders")
        assert answer is not None
        assert answer.status_code == 200
    assert notes.broken == []
    assert 0 < notes.counts["tries again because web was struck"] <= 8
