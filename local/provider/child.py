"""Runs the provider as a child process for tests and for the demo, and lets them read its books and order faults."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.asking import ask
from local.process import Process
from local.server import NotStarted, Server

ROOT = Path(__file__).resolve().parents[2]
SIGNED_WITH = "whsec_local"
READY = "Payment provider ready: "


class Provider(Server):
    """The URL stays the same over `kill()`, `restart()` and `start()`, and so do the books."""

    name = "The payment provider"

    def __init__(
        self,
        directory: Path,
        *,
        webhook_url: str | None = None,
        webhook_secret: str = SIGNED_WITH,
        port: int = 0,
        toss_webhook_url: str | None = None,
    ) -> None:
        super().__init__(directory)
        self._webhook_url, self._webhook_secret, self._port = webhook_url, webhook_secret, port
        self._toss_webhook_url = toss_webhook_url
        self._url: str | None = None
        self._log_start = 0

    @property
    def url(self) -> str:
        if self._url is None:
            raise NotStarted(f"{self.name} was not started.")
        return self._url

    def books(self) -> dict[str, Any]:
        """`{"payments": […], "refunds": […], "webhooks": {…}, "requests": {…}}`, as GET /_control/books has it."""
        return self._control("GET", "books")

    def fault(self, on: str, fault: str, times: int | None = None, **more: Any) -> None:
        """Order a fault, once unless `times` says more; `down` without `times` lasts until cleared."""
        wish = {"on": on, "fault": fault} | more
        self._control("POST", "faults", wish if times is None else wish | {"times": times})

    def faults(self) -> list[dict[str, Any]]:
        """Those in force."""
        standing: list[dict[str, Any]] = self._control("GET", "faults")["faults"]
        return standing

    def clear_faults(self) -> None:
        self._control("DELETE", "faults")

    def set(self, **settings: Any) -> None:
        """For example `set(search_lag_ms=500)`; local/provider/settings.py names them all."""
        self._control("POST", "settings", settings)

    def authorise(self, order_id: str, amount: int, *, card: str = "pays") -> str:
        """What a customer does in the window of Toss: agrees to pay. Returns the paymentKey the shop has to confirm."""
        wish = {"orderId": order_id, "amount": amount, "orderName": "Order", "card": card}
        return str(self._control("POST", "toss/authorize", wish)["paymentKey"])

    def prepare(self) -> None:
        super().prepare()
        self._log_start = self.log.stat().st_size if self.log.exists() else 0

    def launch(self, output: int) -> Process:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "local.provider",
            "--data",
            self.directory,
            "--port",
            str(self._port),
        ]
        command += ["--webhook-secret", self._webhook_secret]
        command += ["--webhook-url", self._webhook_url] if self._webhook_url else []
        command += ["--toss-webhook-url", self._toss_webhook_url] if self._toss_webhook_url else []
        return Process(command, directory=ROOT, output=output)

    def is_ready(self) -> bool:
        """It says so in one line, with the address it took."""
        with self.log.open() as log:
            log.seek(self._log_start)
            said = next((line for line in log if line.startswith(READY) and line.endswith("\n")), None)
        if said is not None:
            self._url = said.removeprefix(READY).strip()
            self._port = int(self._url.rpartition(":")[2])
        return said is not None

    def _control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return ask(method, f"{self.url}/_control/{path}", body)


@contextmanager
def running(
    directory: Path,
    *,
    webhook_url: str | None = None,
    webhook_secret: str = SIGNED_WITH,
    port: int = 0,
    toss_webhook_url: str | None = None,
) -> Iterator[Provider]:
    """Start it with its books in `directory`, wait until it is ready, and end it at the end."""
    provider = Provider(
        directory, webhook_url=webhook_url, webhook_secret=webhook_secret, port=port, toss_webhook_url=toss_webhook_url
    )
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()
