"""Using and earning points: what a booking does to them, and what undoes it before anything was paid.

Every function is idempotent by its `key`: a repeat changes nothing and answers as before. Zero points is no act at all.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from portal.domains.points import ledger, lots, rules
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Refusal
from portal.kernel.steps import Output, function

VALID_DAYS = 365

USED = text(
    """
    SELECT coalesce(-sum(delta), 0) FROM points_entries
    WHERE order_id = :order_id AND account_id = :account_id AND kind IN ('use', 'use_cancelled', 'use_again')
    """
)


class NotEnoughPoints(Refusal):
    """More points were asked for than are available."""

    code = "not-enough-points"
    message = N_("You have %(available)s points to use.")
    field = "points"


@function(service="point", outcome="the points are taken from the balance", refusals=(NotEnoughPoints,))
def use(tx: Tx, key: str, account_id: UUID, order_id: UUID, points: int, *, now: datetime | None = None) -> Output:
    """Takes points from what is available, from the lots that expire first. Raises NotEnoughPoints, taking none."""
    if not counted(points):
        return {"points": 0}
    ledger.lock_first(tx, account_id)
    moves, missing = rules.spend(lots.spendable(tx, account_id, points, now or clock.now()), points)
    # A repeat may well find too little left: the first call took it.
    if missing and not ledger.known(tx, key):
        raise NotEnoughPoints(available=points - missing)
    written = ledger.post(tx, key, account_id, "use", -points, order_id=order_id, moves=moves, later=True)
    return {"points": -written.delta}


@function(service="point", outcome="the used points are available again", name="cancel point use")
def cancel_use(tx: Tx, key: str, account_id: UUID, order_id: UUID, *, now: datetime | None = None) -> Output:
    """Gives back all that the order still uses, to the lots it came from (rules.put_back says what of expired ones)."""
    available = ledger.lock(tx, account_id) or 0
    if earlier := ledger.known(tx, key):
        return {"points": earlier.delta}
    points = tx.execute(USED, {"account_id": account_id, "order_id": order_id}).scalar_one()
    if points:
        give(tx, key, account_id, order_id, "use_cancelled", points, available=available, delta=points, now=now)
    return {"points": points}


@function(service="point", outcome="the earned points are on the balance")
def accrue(
    tx: Tx,
    key: str,
    account_id: UUID,
    order_id: UUID,
    accrual: int,
    *,
    valid_days: int = VALID_DAYS,
    now: datetime | None = None,
) -> Output:
    """Adds earned points as a lot of their own. They pay a debt first (a refund may have left one)."""
    if not counted(accrual):
        return {"accrual": 0}
    until = (now or clock.now()) + timedelta(days=valid_days)
    lot: dict[str, Any] = {"grant": accrual, "expires_at": until}
    written = ledger.post(tx, key, account_id, "accrual", accrual, order_id=order_id, later=True, **lot)
    return {"accrual": written.delta}


def grant(
    tx: Tx,
    key: str,
    account_id: UUID,
    points: int,
    note: str,
    *,
    valid_days: int = VALID_DAYS,
    now: datetime | None = None,
) -> None:
    """Adds points that somebody gives (a welcome, an apology), with a note the customer sees."""
    if counted(points):
        until = (now or clock.now()) + timedelta(days=valid_days)
        ledger.post(tx, key, account_id, "grant", points, note=note, grant=points, expires_at=until)


def counted(points: int) -> int:
    """The points, if they are a count. Raises ValueError below zero: the opposite act has a name of its own."""
    if points < 0:
        raise ValueError(f"{points} points: nothing is done backwards by a minus sign")
    return points


def give(
    tx: Tx,
    key: str,
    account_id: UUID,
    order_id: UUID,
    kind: str,
    points: int,
    *,
    available: int,
    delta: int = 0,
    held: int = 0,
    now: datetime | None = None,
) -> None:
    """Makes used points available again, under the account's lock: they pay a debt, the rest returns to its lots."""
    now = now or clock.now()
    free = points - min(points, rules.debt(available))
    moves, homeless = rules.put_back(lots.taken(tx, account_id, order_id), free, now)
    ledger.post(
        tx,
        key,
        account_id,
        kind,
        delta,
        held=held,
        order_id=order_id,
        moves=moves,
        grant=homeless,
        expires_at=now + rules.GRACE,
    )
