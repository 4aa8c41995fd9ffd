"""What became of an entry: written once, counted once it is committed."""

from datetime import datetime

from portal.domains.waiting.models import Entry
from portal.kernel.db import Tx, after_commit
from portal.kernel.watch import Count

OFFERS = Count("jari_waiting_offers_total", "Offers to people on a waiting list, by what became of them.", "outcome")


def end(tx: Tx, entry: Entry, state: str, now: datetime) -> None:
    """Ends the entry; whether it had been offered a place is known by its hold."""
    entry.state, entry.ended_at = state, now
    tx.flush()
    if entry.hold_id:
        after_commit(tx, lambda: OFFERS.add(state))
