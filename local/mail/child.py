"""Runs the mail catcher as a child process for tests and for the demo, and reads what it caught."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.asking import ask
from local.process import Process
from local.server import NotStarted, Server

ROOT = Path(__file__).resolve().parents[2]
READY = "Mail catcher ready: "


@contextmanager
def running(directory: Path, *, port: int = 0, smtp_port: int = 0) -> Iterator["Mail"]:
    """The catcher with its store in `directory`, ready for mail; ended on leaving. Port 0: any free one."""
    mail = Mail(directory, port=port, smtp_port=smtp_port)
    mail.start()
    try:
        yield mail
    finally:
        mail.stop()


class Mail(Server):
    """`url` is its page, `smtp_url` where mail goes; both stay over `kill()` and `start()`, and so do the mails."""

    name = "The mail catcher"

    def __init__(self, directory: Path, *, port: int = 0, smtp_port: int = 0) -> None:
        super().__init__(directory)
        self.ports = (port, smtp_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port_known(0)}"

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self._port_known(1)}"

    def messages(self, to: str | None = None) -> list[dict[str, Any]]:
        """What it caught, oldest first: `[{id, received_at, sender, recipients, subject, text, html, attachments}]`."""
        caught: list[dict[str, Any]] = ask("GET", f"{self.url}/messages.json")
        return [one for one in caught if to is None or to in one["recipients"]]

    def clear(self) -> None:
        ask("DELETE", f"{self.url}/messages.json")

    def fault(self, fault: str, times: int | None = None, seconds: float | None = None) -> None:
        """Order a fault, once unless `times` says more; `down` without `times` lasts until cleared."""
        wish = {"fault": fault, "times": times, "seconds": seconds}
        ask("POST", f"{self.url}/_control/faults", {name: value for name, value in wish.items() if value is not None})

    def clear_faults(self) -> None:
        ask("DELETE", f"{self.url}/_control/faults")

    def launch(self, output: int) -> Process:
        page, smtp = (str(port) for port in self.ports)
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "local.mail",
            "--data",
            self.directory,
            "--port",
            page,
            "--smtp-port",
            smtp,
        ]
        return Process(command, directory=ROOT, output=output)

    def is_ready(self) -> bool:
        """It says so in one line, with the ports it took."""
        for line in self.last_words().splitlines():
            if line.startswith(READY):
                smtp, page = line.removeprefix(READY).split()
                self.ports = (int(page.rpartition(":")[2]), int(smtp.rpartition(":")[2]))
                return True
        return False

    def _port_known(self, which: int) -> int:
        if not self.ports[which]:
            raise NotStarted(f"{self.name} was not started.")
        return self.ports[which]
