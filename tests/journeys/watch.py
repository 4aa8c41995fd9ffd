"""Listens to a browser and keeps what no visitor should ever cause: errors of scripts, of the server, of the policy."""

import re
from collections.abc import Collection

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d)")


class Watch:
    """What went wrong in the browsers it was tied to. An empty list is what every journey must end with."""

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def tie(self, browser: BrowserContext, expects: Collection[int] = ()) -> None:
        """`expects`: refusals (such as 409) that this visitor meets on purpose; browsers log those as errors too."""
        browser.on("console", lambda said: self._hear(said, expects))
        browser.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        browser.on("response", self._see)
        browser.on("requestfailed", self._miss)

    def _hear(self, said: ConsoleMessage, expects: Collection[int]) -> None:
        if said.type != "error":
            return
        refused = REFUSED.match(said.text)
        if not (refused and int(refused[1]) in expects):
            self.complaints.append(f"console: {said.text} ({said.location.get('url')})")

    def _see(self, answer: Response) -> None:
        if answer.status >= 500:
            self.complaints.append(f"{answer.request.method} {answer.url} answered {answer.status}")

    def _miss(self, request: Request) -> None:
        # Whoever goes on to another page gives up what the last one was still fetching.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"{request.method} {request.url} failed: {request.failure}")
