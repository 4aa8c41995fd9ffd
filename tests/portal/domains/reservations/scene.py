"""What the tests of holds share: a morning to book on, and the bookable thing of one test with its customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from portal.domains import reservations
from portal.kernel import clock
from portal.kernel.db import Tx
from tests import factories

HOUR = timedelta(hours=1)
NOW = clock.now()
MORNING = (NOW + timedelta(days=2)).replace(hour=0, minute=0, second=0, microsecond=0)
"""Nine in the morning in Seoul, the day after tomorrow."""
DAY_NAME = f"{MORNING:%a} {MORNING.day} {MORNING:%b %Y}"
"""That day as people read it."""


@dataclass(frozen=True)
class Scene:
    """One product on its resource, and who wants it."""

    product_id: UUID
    resource_id: UUID
    accounts: Sequence[UUID]

    def hold(self, tx: Tx, *, who: int = 0, hour: float = 0, **asked: Any) -> reservations.Hold:
        """A hold of the given customer, `hour` hours into the morning; anything else as asked."""
        wish: dict[str, Any] = {
            "account_id": self.accounts[who],
            "product_id": self.product_id,
            "starts_at": MORNING + hour * HOUR,
            "now": NOW,
            "minutes": 15,
        }
        return reservations.hold(tx, **wish | asked)


def scene(tx: Tx, *, customers: int = 2, **rules: Any) -> Scene:
    """A bookable product (`rules` go to its factory) and so many customers."""
    made = factories.bookable(tx, **rules)
    return Scene(made.product.id, made.resource.id, [factories.account(tx).id for _ in range(customers)])


def let_time_pass(tx: Tx, hold: reservations.Hold) -> None:
    """The hold is over, as if its minutes had gone by."""
    over = text("UPDATE reservations SET expires_at = clock_timestamp() - interval '1 day' WHERE hold_id = :id")
    tx.execute(over, {"id": hold.id})
    tx.expire_all()


def units(hold: reservations.Hold) -> list[int]:
    return [row.unit for row in hold.reservations]
