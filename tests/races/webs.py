"""The web servers, the worker and the ticker of a race over HTTP, as processes of their own."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import cycle
from pathlib import Path
from threading import local as of_thread
from typing import Any

import requests

import local.redis
from local.ports import LOOPBACK, free_port
from local.process import Process
from tests.support.people import SECRET_KEY

ROOT = Path(__file__).resolve().parents[2]
WEBS, OPENS_WITHIN = 2, 60.0
GUNICORN = ["gunicorn", "wsgi:app", "--workers", "1", "--log-level", "warning"]
WORKER, TICKER = ["dramatiq", "workers.main", "-p", "1", "-t", "4"], ["workers.ticker"]


class Client:
    """Sends to each server in turn."""

    def __init__(self, urls: list[str]) -> None:
        self.urls, self._turn, self._mine = urls, cycle(urls), of_thread()

    def __call__(self, method: str, path: str, *, headers: Mapping[str, str], json: Any = None) -> tuple[int, str, Any]:
        session = getattr(self._mine, "session", None)
        if session is None:
            session = self._mine.session = requests.Session()
            session.trust_env = False
        answer = session.request(method, next(self._turn) + path, headers=headers, json=json, timeout=60)
        is_json = "json" in answer.headers.get("Content-Type", "")
        return answer.status_code, answer.text, answer.json() if is_json and answer.text else None


@contextmanager
def running(directory: Path, database_url: str) -> Iterator[Client]:
    """All of them on this database, ready for requests; everything is gone afterwards."""
    urls = [f"http://{LOOPBACK}:{free_port()}" for _ in range(WEBS)]
    with ExitStack() as stack:
        redis = stack.enter_context(local.redis.running(directory / "redis"))
        environment = {
            **os.environ,
            "TZ": "UTC",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis.url,
            "BASE_URL": urls[0],
            "SECRET_KEY": SECRET_KEY,
            "NO_PROXY": LOOPBACK,
            "API_CALLS": "1000000 per minute",
            "API_CALLS_PER_ADDRESS": "1000000 per minute",
            "CHECKOUT_WAIT": "0",
        }
        commands = [[*GUNICORN, "--bind", url.removeprefix("http://")] for url in urls] + [WORKER, TICKER]
        for number, command in enumerate(commands):
            output = stack.enter_context((directory / f"process-{number}.log").open("wb"))
            process = Process([sys.executable, "-m", *command], environment=environment, directory=ROOT, output=output)
            stack.callback(process.stop)
        for url in urls:
            _wait_for(url)
        yield Client(urls)


def _wait_for(url: str) -> None:
    end = time.monotonic() + OPENS_WITHIN
    while time.monotonic() < end:
        with suppress(requests.RequestException):
            if requests.get(f"{url}/healthz", timeout=2).ok:
                return
        time.sleep(0.2)
    raise TimeoutError(f"{url} did not open")
