"""Runs the telephone as a child process for tests and for the demo, and reads what it got."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.asking import ask
from local.process import Process
from local.server import NotStarted, Server

ROOT = Path(__file__).resolve().parents[2]
READY = "Telephone ready: "


@contextmanager
def running(directory: Path, *, port: int = 0) -> Iterator["Telephone"]:
    """The telephone with its messages in `directory`; ended on leaving. Port 0: any free one."""
    telephone = Telephone(directory, port=port)
    telephone.start()
    try:
        yield telephone
    finally:
        telephone.stop()


class Telephone(Server):
    """`url` is its page, `sms_url` where messages are posted to; messages stay over `kill()` and `start()`."""

    name = "The telephone"

    def __init__(self, directory: Path, *, port: int = 0) -> None:
        super().__init__(directory)
        self.port = port

    @property
    def url(self) -> str:
        if not self.port:
            raise NotStarted(f"{self.name} was not started.")
        return f"http://127.0.0.1:{self.port}"

    @property
    def sms_url(self) -> str:
        return f"{self.url}/messages"

    def messages(self, to: str | None = None) -> list[dict[str, Any]]:
        """What it got, oldest first: `[{to, text, reference, received_at}]`."""
        got: list[dict[str, Any]] = ask("GET", f"{self.url}/messages.json")
        return [one for one in got if to is None or one["to"] == to]

    def clear(self) -> None:
        ask("DELETE", f"{self.url}/messages.json")

    def fault(self, times: int) -> None:
        """Refuses the next messages."""
        ask("POST", f"{self.url}/_control/faults", {"fault": "down", "times": times})

    def launch(self, output: int) -> Process:
        command: list[str | Path] = [sys.executable, "-m", "local.sms", "--data", self.directory]
        return Process([*command, "--port", str(self.port)], directory=ROOT, output=output)

    def is_ready(self) -> bool:
        """It says so in one line, with the port it took."""
        for line in self.last_words().splitlines():
            if line.startswith(READY):
                self.port = int(line.rpartition(":")[2])
                return True
        return False
