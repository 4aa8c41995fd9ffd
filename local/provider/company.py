"""The payment company at work: its books, its clerks and what they share."""

import threading
from pathlib import Path

from local.provider import refunds
from local.provider.alarm import Alarm
from local.provider.books import Books
from local.provider.faults import Faults
from local.provider.idempotency import KeysInFlight
from local.provider.moment import moment
from local.provider.settings import change
from local.provider.tally import Tally
from local.provider.toss import payments as toss
from local.provider.webhooks import Postman


class Company:
    """`ring()` after a commit that may have left work for the postman or for the clock."""

    def __init__(
        self,
        directory: Path,
        public_url: str,
        webhook_url: str | None,
        webhook_secret: str,
        toss_webhook_url: str | None = None,
    ) -> None:
        self.public_url = public_url.rstrip("/")
        self.books = Books(directory)
        self.faults = Faults()
        self.keys = KeysInFlight()
        self.tally = Tally()
        self.stopping = threading.Event()
        hooks = {"webhook_url": webhook_url, "toss_webhook_url": toss_webhook_url}
        with self.books.transaction() as tx:
            change(tx, {name: url for name, url in hooks.items() if url is not None})
        self._postman = Postman(self.books, self.faults, webhook_secret)
        self._clock = Alarm("what waits", self._end_what_waits)

    def open(self) -> None:
        self._postman.start()
        self._clock.start()

    def ring(self) -> None:
        self._postman.ring()
        self._clock.ring()

    def close(self) -> None:
        """Let go of every held connection and finish what is being written."""
        self.stopping.set()
        self._clock.stop()
        self._postman.stop()

    def _end_what_waits(self) -> float | None:
        with self.books.transaction() as tx:
            now = moment(tx, self.public_url)
            due = [refunds.end_pending(tx, now), toss.expire(tx, now)]
        self._postman.ring()
        next_ms = min((ms for ms in due if ms is not None), default=None)
        return None if next_ms is None else max(0.0, (next_ms - now.ms) / 1000)
