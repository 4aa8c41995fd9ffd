"""One client of the API: sends again with the same key what got no answer, and accepts no answer without a cause."""

import time
from random import Random
from typing import Any

import requests

from tests.chaos.away import POSTGRES
from tests.chaos.trial import Trial

PATIENCE = 120.0
"""Seconds within which everybody must have an answer, whatever is killed meanwhile."""
ONE_TRY = 30.0
RECONNECTS = 2.0
"""Seconds after PostgreSQL is back in which a web server may still find one of its connections dead."""


class Client:
    """Somebody with a token, behind a balancer: any web server, and another one after trouble."""

    def __init__(self, trial: Trial, token: str, chance: Random) -> None:
        self._trial, self._chance = trial, chance
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> requests.Response | None:
        """The answer, after as many tries as it takes; None, and a broken promise, if there is none."""
        webs = self._trial.house.webs
        turn = self._chance.randrange(len(webs))
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            web, url = webs[turn % len(webs)]
            begun = time.monotonic()
            try:
                answer = self._session.request(
                    method,
                    f"{url}/api/v1{path}",
                    json=body,
                    headers={"Idempotency-Key": key} if key else None,
                    timeout=ONE_TRY,
                )
            except requests.Timeout as error:
                self._excuse(begun, (web, POSTGRES), f"{method} {path}: {type(error).__name__}")
            except requests.RequestException as error:
                self._excuse(begun, (web,), f"{method} {path}: {error!r}")
            else:
                self._trial.notes.count(f"answers {answer.status_code}")
                self._trial.away.well(web, since=begun)
                if answer.status_code < 500:
                    return answer
                may = (POSTGRES,) if answer.status_code == 503 else ()
                self._excuse(begun, may, f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            turn += 1
            time.sleep(0.1 + 0.2 * self._chance.random())
        self._trial.notes.breaks(f"{method} {path} was never answered")
        return None

    def _excuse(self, begun: float, parts: tuple[str, ...], words: str) -> None:
        """Only a part that was struck excuses, and only what it alone can spoil: a 500 has no excuse at all."""
        for part in parts:
            if self._trial.away.was(part, begun, time.monotonic(), after=RECONNECTS if part == POSTGRES else 0.0):
                self._trial.notes.count(f"tries again because {part.partition('-')[0]} was struck")
                return
        self._trial.notes.breaks(f"trouble without a cause: {words}")
