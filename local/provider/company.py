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
from local.provider.webhooks import Postman


class Company:
    """`ring()` after a commit that may have left work for the postman or for the clock."""

    def __init__(self, directory: Path, public_url: str, webhook_url: str | None, webhook_secret: str) -> None:
        self.public_url = public_url.rstrip("/")
        self.books = Books(directory)
        self.faults = Faults()
        self.keys = KeysInFlight()
        self.tally = Tally()
        self.stopping = threading.Event()
        if webhook_url is not None:
            with self.books.transaction() as tx:
                change(tx, {"webhook_url": webhook_url})
        self._postman = Postman(self.books, self.faults, webhook_secret)
        self._clock = Alarm("refunds that wait", self._end_refunds)

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

    def _end_refunds(self) -> float | None:
        with self.books.transaction() as tx:
            now = moment(tx, self.public_url)
            next_ms = refunds.end_pending(tx, now)
        self._postman.ring()
        return None if next_ms is None else max(0.0, (next_ms - now.ms) / 1000)
