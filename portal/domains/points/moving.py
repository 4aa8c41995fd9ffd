"""What moving a booking does to points, once it has moved: a dearer time earns more, a cheaper one gives some back."""

from datetime import datetime
from uuid import UUID

from portal.domains.points import ledger, lots, rules
from portal.domains.points.service import accrue, counted, give
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.steps import Output, function


@function(service="point", outcome="points that come back are available, the earned ones are those of the new price")
def correct(
    tx: Tx,
    key: str,
    account_id: UUID,
    order_id: UUID,
    points: int,
    earned: int,
    unearned: int,
    *,
    now: datetime | None = None,
) -> Output:
    """Correct points: gives back what the order used and no longer costs, then adds or takes what it earned.

    Like a refund it may push the balance below zero: the money is on its way, and the earned points may be spent.
    """
    now = now or clock.now()
    if counted(points):
        available = ledger.lock(tx, account_id) or 0
        if not ledger.known(tx, key):
            give(tx, key, account_id, order_id, "use_cancelled", points, available=available, delta=points, now=now)
    if counted(unearned):
        ledger.lock_first(tx, account_id)
        moves, _owed = rules.spend(lots.spendable(tx, account_id, unearned, now), unearned)
        taken = f"{key}:unearned"
        ledger.post(tx, taken, account_id, "accrual_cancelled", -unearned, order_id=order_id, moves=moves, may_owe=True)
    accrue(tx, f"{key}:earned", account_id, order_id, earned, now=now)
    return {"points": points, "earned": earned - unearned}
