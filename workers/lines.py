"""Looking after waiting lists by the clock: what became of offers, and offers of what is free.

Everything is in rows; where a look ended is the only thing remembered, and a process that begins anew begins at the
beginning. Several may look at once.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from portal.domains import waiting
from portal.domains.waiting import Line
from portal.kernel import clock, troubles
from portal.kernel.db import Tx
from workers.failing import failed

LINES_A_LOOK = 500
OFFERS_A_LOOK = 100
"""So that one look does not keep the clock's other jobs waiting; the next goes on where it ended."""


class Looking:
    """A look every so many seconds. `transactions` opens one; each offer has its own."""

    def __init__(self, transactions: Callable[[], AbstractContextManager[Tx]], *, minutes: int, before: int) -> None:
        self._transactions = transactions
        self._minutes, self._before = minutes, before
        self._after: Line | None = None

    def look(self) -> int:
        """Settles what is over, and offers what is free in the next lines. Answers how many offers were made.

        A line that cannot be served is counted and told; a database that is away ends the look, and is raised.
        """
        with self._transactions() as tx:
            waiting.settle(tx, now=clock.now())
        with self._transactions() as tx:
            lines = waiting.lines(tx, after=self._after, limit=LINES_A_LOOK)
            open_ones = waiting.with_room(tx, lines)
        self._after = lines[-1] if len(lines) == LINES_A_LOOK else None
        left = OFFERS_A_LOOK
        for line in open_ones:
            while left and self._offer(line):
                left -= 1
        return OFFERS_A_LOOK - left

    def _offer(self, line: Line) -> bool:
        try:
            with self._transactions() as tx:
                made = waiting.offer_next(tx, line, now=clock.now(), minutes=self._minutes, before=self._before)
                return made is not None
        except Exception as error:  # whatever is wrong with one line, those behind it are looked at
            if troubles.is_away(error):
                raise
            failed("waiting", error, product=str(line.product_id), start=line.starts_at.isoformat())
            return False
