"""Waiting a few seconds for the answer to a payment, so that a declined card is told in place."""

import time

from portal.kernel import questions, sagas, wire
from portal.web.database import db

FIRST, LONGEST = 0.03, 0.5
"""Seconds before a look. Each pause is half as long again as the one before it: the more wait at once, the longer
each of them waits, and the less their looks may take from what they wait for."""
ANSWERED = frozenset({"done", "compensated", "waiting", "parked", "handed_over"})
"""States in which the page has something better to show than the wait."""


def follow(number: str, *, seconds: float, kind: str = "payment") -> str | None:
    """The state of the payment of this order, or of the move of this number, once it is answered, or after `seconds`.

    Each look is one trip and a transaction of its own, so that nothing is locked from others meanwhile.
    """
    tx, question = db.session(), sagas.engine().state(kind, number)
    ends, pause = time.monotonic() + seconds, FIRST
    while True:
        over = time.monotonic() + pause > ends
        if not over:
            time.sleep(pause)
        with wire.transaction(tx):
            state = questions.answer_and_commit(tx, question)
        if over or state is None or state in ANSWERED:
            return state
        pause = min(1.5 * pause, LONGEST)
