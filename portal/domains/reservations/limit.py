"""How many times one person may hold at once, so that nobody empties a calendar without paying."""

from uuid import UUID

from sqlalchemy import func, select, text

from portal.domains.reservations.changes import running
from portal.domains.reservations.errors import TooManyHolds
from portal.domains.reservations.models import Reservation
from portal.kernel.db import Tx

# One after the other: of two holds at the same moment the second sees the first. The lock ends with the transaction.
_QUEUE = text("SELECT pg_advisory_xact_lock(hashtextextended('holds of ' || :account_id, 0))")


def limit_holds(tx: Tx, account_id: UUID, *, most: int) -> None:
    """Called after holding, in its transaction. Raises TooManyHolds; the caller then rolls the hold back.

    After, not before: choosing again what one holds already, or sending a key again, adds nothing and stays possible.
    """
    tx.execute(_QUEUE, {"account_id": str(account_id)})
    held = select(func.count(Reservation.hold_id.distinct())).where(Reservation.account_id == account_id, running())
    if tx.execute(held).scalar_one() > most:
        raise TooManyHolds(most=most)
