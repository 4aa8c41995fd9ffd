"""Money of orders that were given up: the comparison leaves it to the saga that books again or gives back."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from portal.domains import payments
from portal.domains.reconciliation.comparing import CAME_LATE, Finding
from portal.domains.reconciliation.models import Difference
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound, Stale
from portal.kernel.steps import Unknown

Transactions = Callable[[], AbstractContextManager[Tx]]


def leave_late(transactions: Transactions, found: Sequence[Finding]) -> list[Finding]:
    """Begins the saga of each that came late, and answers the others: those that people have to look at.

    Late money that the provider does not confirm as whole, or does not answer about, is one of the others.
    """
    return [one for one in found if one.kind != CAME_LATE or not _begin(transactions, one)]


def take_in(transactions: Transactions, difference_id: UUID, *, by: UUID, now: datetime) -> bool:
    """A member of staff does the same for a difference that is open. False if the provider does not confirm it.

    Raises NotFound, Stale, payments.NotYet, or Unknown when the provider does not answer.
    """
    with transactions() as tx:
        number = _open(tx, difference_id).number
    late = payments.find_late(transactions, number or "")
    if late is None:
        return False
    with transactions() as tx:
        difference = _open(tx, difference_id)
        payments.begin_late(tx, late, told_by="staff", found_by=by)
        difference.state, difference.ended_at = "cured", now
    return True


def _begin(transactions: Transactions, one: Finding) -> bool:
    try:
        late = payments.find_late(transactions, one.number or "")
    except (Unknown, payments.NotYet):
        return False
    if late is None:
        return False
    with transactions() as tx:
        payments.begin_late(tx, late, told_by="comparison")
    return True


def _open(tx: Tx, difference_id: UUID) -> Difference:
    difference = tx.get(Difference, difference_id, with_for_update=True, populate_existing=True)
    if difference is None:
        raise NotFound
    if difference.state != "open" or difference.kind != CAME_LATE:
        raise Stale
    return difference
