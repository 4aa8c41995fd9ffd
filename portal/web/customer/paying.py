"""Waiting a few seconds for the answer to a payment, so that a declined card is told in place."""

import time
from collections.abc import Iterator

from portal.kernel import sagas
from portal.kernel.sagas import Progress
from portal.web.database import transaction

FIRST, LONGEST = 0.03, 0.5
"""Seconds between two looks. Each pause is half as long again as the one before it: the more wait at once, the longer
each of them waits, and the less their looks may take from what they wait for."""
ANSWERED = frozenset({"done", "compensated", "waiting", "parked", "handed_over"})
"""States in which the page has something better to show than the wait."""


def follow(number: str, *, seconds: float, kind: str = "payment") -> Progress | None:
    """How far the payment of this order, or the move of this number, is once it is answered, or after `seconds`.

    Each look is a transaction of its own, so that nothing is kept from others meanwhile.
    """
    ends = time.monotonic() + seconds
    for pause in _pauses():
        with transaction() as tx:
            state = sagas.engine().state(tx, kind, number)
            if state is None or state in ANSWERED or time.monotonic() + pause > ends:
                return sagas.engine().progress(tx, kind, number)
        time.sleep(pause)
    return None  # the pauses never end


def _pauses() -> Iterator[float]:
    pause = FIRST
    while True:
        yield pause
        pause = min(1.5 * pause, LONGEST)
