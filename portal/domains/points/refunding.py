"""What a refund does to points: they come back *held* at once, and are released when the money is on its way.

give_back       before the pivot: credited, counted in the balance, not spendable
take_again      its undo: cannot fail, because nobody could spend them meanwhile
cancel_accrual  after the pivot: releases them, and takes back what the order had earned
"""

from datetime import datetime
from uuid import UUID

from portal.domains.points import ledger, lots, rules
from portal.domains.points.service import counted, give
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.steps import Output, function


@function(service="point", outcome="the points are on the balance, held until the money is on its way")
def give_back(tx: Tx, key: str, account_id: UUID, order_id: UUID, points: int) -> Output:
    """Credits points that the order used, and holds them."""
    if not counted(points):
        return {"points": 0}
    written = ledger.post(tx, key, account_id, "use_cancelled", points, held=points, order_id=order_id)
    return {"points": written.delta}


@function(service="point", outcome="the held points are used by the order again", name="use points again")
def take_again(tx: Tx, key: str, account_id: UUID, order_id: UUID, points: int) -> Output:
    """Takes held points back into the order. What is available stays as it is, so this never fails."""
    if not counted(points):
        return {"points": 0}
    written = ledger.post(tx, key, account_id, "use_again", -points, held=-points, order_id=order_id)
    return {"points": -written.delta}


@function(service="point", outcome="the held points are available, the earned ones are gone")
def cancel_accrual(
    tx: Tx, key: str, account_id: UUID, order_id: UUID, points: int, accrual: int, *, now: datetime | None = None
) -> Output:
    """Releases the held points to their lots, then takes the earned ones, from whatever expires first.

    The only act that may push the balance below zero: the earned points may be spent, and the money is gone already.
    The next points that come pay for it.
    """
    now = now or clock.now()
    available = ledger.lock(tx, account_id) or 0
    if counted(points) and not ledger.known(tx, released := f"{key}:released"):
        give(tx, released, account_id, order_id, "released", points, available=available, held=-points, now=now)
    if counted(accrual):
        moves, _owed = rules.spend(lots.spendable(tx, account_id, accrual, now), accrual)
        ledger.post(tx, key, account_id, "accrual_cancelled", -accrual, order_id=order_id, moves=moves, may_owe=True)
    return {"points": points, "accrual": accrual}
