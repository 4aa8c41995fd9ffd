"""How many times one person may hold at once, so that nobody empties a calendar without paying."""

from uuid import UUID

from portal.domains.reservations import claims
from portal.domains.reservations.changes import RUNNING
from portal.domains.reservations.errors import TooManyHolds
from portal.kernel import wire
from portal.kernel.db import Tx

# One after the other: of two holds at the same moment the second sees the first. The lock ends with the transaction.
_QUEUE = "SELECT pg_advisory_xact_lock(hashtextextended('holds of ' || %(account_id)s::text, 0))"
_HELD = f"SELECT count(DISTINCT hold_id) FROM reservations WHERE account_id = %(account_id)s AND {RUNNING}"  # noqa: S608  # the rule is our own words


def limit_holds(tx: Tx, account_id: UUID, *, most: int) -> None:
    """Called after holding, in its transaction. Raises TooManyHolds, or SlotBusy where others of this person's do not
    end in time; the caller then rolls the hold back.

    After, not before: choosing again what one holds already, or sending a key again, adds nothing and stays possible.
    """
    given = {"account_id": account_id}
    try:
        _, ((held,),) = wire.ask_all(tx, (_QUEUE, given), (_HELD, given))
    except claims.NO as error:
        if fact := claims.fact_of(error):
            raise fact from error
        raise
    if held > most:
        raise TooManyHolds(most=most)
