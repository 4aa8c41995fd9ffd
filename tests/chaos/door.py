"""Lets customers in as long as those inside are served: else one measures a queue, and not how losses are found."""

import threading
import time

import psycopg

MOST_UNDER_WAY, MOST_OVERDUE = 30, 4
UNDER_WAY = """
SELECT count(*), count(*) FILTER (WHERE owner IS NULL AND next_at < now() - interval '1 second')
FROM sagas WHERE state NOT IN ('waiting', 'done', 'compensated', 'parked', 'handed_over')
"""
"""Those that go on, and how many of them nobody has come to for a second: a slow machine has fewer hands."""


class Door(threading.Thread):
    """Looks twice a second how many sagas are under way."""

    def __init__(self, url: str, end: threading.Event) -> None:
        super().__init__(name="door", daemon=True)
        self._url, self._end = url, end
        self._open = threading.Event()
        self._open.set()

    def wait(self) -> None:
        """Until it is open, or the day is over."""
        while not self._end.is_set() and not self._open.wait(0.5):
            pass

    def run(self) -> None:
        while not self._end.wait(0.5):
            try:
                with psycopg.connect(self._url, connect_timeout=2) as connection:
                    row = connection.execute(UNDER_WAY).fetchone()
            except psycopg.OperationalError:
                time.sleep(0.5)
                continue
            if row and (row[0] > MOST_UNDER_WAY or row[1] > MOST_OVERDUE):
                self._open.clear()
            else:
                self._open.set()
