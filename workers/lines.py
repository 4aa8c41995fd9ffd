"""Looking after waiting lists by the clock: what became of offers, and offers of what is free.

Everything is in rows; where a look ended is the only thing remembered, and a process that begins anew begins at the
beginning. Several may look at once.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from portal.domains import waiting
from portal.domains.waiting import Line
from portal.kernel import clock
from portal.kernel.db import Tx

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
        """Settles what is over, and offers what is free in the next lines. Answers how many offers were made."""
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
        with self._transactions() as tx:
            made = waiting.offer_next(tx, line, now=clock.now(), minutes=self._minutes, before=self._before)
            return made is not None
