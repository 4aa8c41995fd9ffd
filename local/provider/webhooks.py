"""Delivers events to the shop, signed as Stripe signs them, again and again until the shop has said 2xx."""

import hashlib
import hmac
import http.client
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from local.provider.alarm import Alarm
from local.provider.books import Books, Tx
from local.provider.faults import Faults
from local.provider.moment import now_ms
from local.provider.settings import Settings, read
from local.provider.toss import events as toss

TIMEOUT = 10.0
LONGEST_PAUSE_MS = 60_000
ATTEMPTS = 40  # about half an hour


class Postman:
    """Works through the outbox. What is under way when the process dies is sent again: at least once, as Stripe."""

    def __init__(self, books: Books, faults: Faults, secret: str) -> None:
        self._books, self._faults, self._secret = books, faults, secret
        self._alarm = Alarm("postman", self._send_due)
        self._hands = ThreadPoolExecutor(4, thread_name_prefix="delivery")
        self._lock = threading.Lock()
        self._under_way: set[int] = set()

    def start(self) -> None:
        self._alarm.start()

    def ring(self) -> None:
        self._alarm.ring()

    def stop(self) -> None:
        self._alarm.stop()
        self._hands.shutdown(wait=False, cancel_futures=True)

    def _send_due(self) -> float | None:
        """Hand out every delivery that is due; return the seconds until the next one is."""
        busy = self._busy()
        with self._books.reading() as tx:
            settings = read(tx)
            due = tx.execute(
                "SELECT d.*, e.type, e.body FROM deliveries d JOIN events e ON e.id = d.event WHERE d.state = 'waiting'"
                " AND d.due_ms <= ? ORDER BY d.due_ms, d.seq LIMIT 500",
                (now_ms(),),
            ).fetchall()
        for row in due:
            if row["seq"] not in busy and not self._meets_fault(row):
                with self._lock:
                    self._under_way.add(row["seq"])
                self._hands.submit(self._deliver, row, settings)
        return self._pause()

    def _pause(self) -> float | None:
        busy = self._busy()
        with self._books.reading() as tx:
            rows = tx.execute("SELECT seq, due_ms FROM deliveries WHERE state = 'waiting' ORDER BY due_ms LIMIT 1000")
            due_ms = next((row["due_ms"] for row in rows if row["seq"] not in busy), None)
        return None if due_ms is None else max(0.0, (due_ms - now_ms()) / 1000)

    def _busy(self) -> frozenset[int]:
        """To be asked before the books are read: what ends in between rings the alarm, and is not sent twice."""
        with self._lock:
            return frozenset(self._under_way)

    def _meets_fault(self, row: sqlite3.Row) -> bool:
        """A delivery meets a fault before its first attempt or never. True when it is not to be sent now."""
        fault = self._faults.take("webhook") if row["fault"] is None and row["attempts"] == 0 else None
        if fault is None:
            return False
        with self._books.transaction() as tx:
            tx.execute("UPDATE deliveries SET fault = ? WHERE seq = ?", (fault.fault, row["seq"]))
            if fault.fault == "lost":
                tx.execute("UPDATE deliveries SET state = 'lost' WHERE seq = ?", (row["seq"],))
            elif fault.fault == "late":
                due_ms = now_ms() + int(fault.seconds * 1000)
                tx.execute("UPDATE deliveries SET due_ms = ? WHERE seq = ?", (due_ms, row["seq"]))
            else:
                tx.execute(
                    "INSERT INTO deliveries (event, due_ms, fault) VALUES (?, ?, 'duplicate')",
                    (row["event"], now_ms() + int(fault.seconds * 1000)),
                )
        return fault.fault != "duplicate"

    def _deliver(self, row: sqlite3.Row, settings: Settings) -> None:
        try:
            said, accepted = self._post(row, settings)
            with self._books.transaction() as tx:
                _note(tx, row, settings, said, accepted)
        finally:
            with self._lock:
                self._under_way.discard(row["seq"])
            self._alarm.ring()

    def _post(self, row: sqlite3.Row, settings: Settings) -> tuple[str, bool]:
        url = settings.toss_webhook_url if row["type"] == toss.KIND else settings.webhook_url
        if url is None:
            return "nowhere to tell it", False
        if row["type"] == toss.KIND:
            said, _ = post(url, row["body"], None)
            return said, said == "200"  # of the 2xx, Toss takes 200 alone
        return post(url, row["body"], self._secret)


def post(url: str, body: str, secret: str | None) -> tuple[str, bool]:
    """Send one event, signed if there is a secret. Returns what the shop said, and whether that was a yes.

    A redirect is a no.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Practice-Provider/1.0 (webhooks)",
    }
    if secret is not None:
        headers["Stripe-Signature"] = signature(body, secret, now_ms() // 1000)
    connection = kind(parts.netloc, timeout=TIMEOUT)
    try:
        connection.request(
            "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body.encode(), headers
        )
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}", False
    finally:
        connection.close()
    return str(status), 200 <= status < 300


def signature(body: str, secret: str, seconds: int) -> str:
    """The Stripe-Signature header: HMAC-SHA256 over time and body, so that neither can be changed."""
    mac = hmac.new(secret.encode(), f"{seconds}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={seconds},v1={mac}"


def _note(tx: Tx, row: sqlite3.Row, settings: Settings, said: str, accepted: bool) -> None:
    attempts = row["attempts"] + 1
    if row["type"] == toss.KIND:
        tries, pauses = len(toss.PAUSES) + 1, (0, *toss.PAUSES, 0)
        pause_ms = pauses[min(attempts, tries)] * settings.toss_minute_ms
    else:
        tries = ATTEMPTS
        pause_ms = min(settings.webhook_retry_ms * 2 ** min(attempts - 1, 20), LONGEST_PAUSE_MS)
    state = "delivered" if accepted else "given_up" if attempts >= tries else "waiting"
    tx.execute(
        "UPDATE deliveries SET state = ?, attempts = ?, due_ms = ?, last_answer = ? WHERE seq = ?",
        (state, attempts, now_ms() + pause_ms, said, row["seq"]),
    )
