"""A class of some places that is full, and people who wait for it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from portal.domains import reservations, waiting
from portal.domains.reservations import Hold
from portal.domains.waiting import Entry, Line
from portal.kernel.db import Tx
from tests.portal.domains.reservations.scene import HOUR, MORNING, NOW, Scene, let_time_pass, scene

HOW = {"minutes": 30, "before": 15}


@dataclass(frozen=True)
class Full:
    """The last of `scene.accounts` has all places, in holds of one; the others may wait."""

    scene: Scene
    holds: list[Hold]

    @property
    def line(self) -> Line:
        return Line(self.scene.product_id, MORNING)

    def join(self, tx: Tx, who: int, quantity: int = 1, **asked: Any) -> Entry:
        wish: dict[str, Any] = {"product_id": self.scene.product_id, "starts_at": MORNING, "now": NOW}
        return waiting.join(tx, account_id=self.scene.accounts[who], quantity=quantity, **wish | asked)

    def free(self, tx: Tx, count: int = 1) -> None:
        """So many of the places become free, by the owner's own act."""
        for hold in [self.holds.pop() for _ in range(count)]:
            reservations.release(tx, account_id=hold.account_id, hold_id=hold.id)

    def offer(self, tx: Tx) -> Entry | None:
        return waiting.offer_next(tx, self.line, now=NOW, **HOW)

    def owner_of(self, entry: Entry | None) -> int | None:
        return self.scene.accounts.index(entry.account_id) if entry else None


def full(tx: Tx, *, places: int = 2, waiters: int = 3, **rules: Any) -> Full:
    made = scene(tx, customers=waiters + 1, units=places, **rules)
    ends = {"ends_at": MORNING + HOUR} if "max_length" in rules else {}
    holds = [made.hold(tx, who=-1, idempotency_key=f"place {n}", **ends) for n in range(places)]
    return Full(made, holds)


def state(tx: Tx, entry_id: UUID) -> str:
    return str(tx.execute(text("SELECT state FROM waiting_entries WHERE id = :id"), {"id": entry_id}).scalar_one())


def run_out(tx: Tx, entry: Entry) -> None:
    """The offer's minutes have gone by."""
    assert entry.hold_id
    (hold,) = reservations.holds(tx, [entry.hold_id])
    let_time_pass(tx, hold)


LATER = timedelta(minutes=31)
