"""The shop and the desk of its staff, for every cure."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from portal.domains import audit, orders, recovery
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from tests import factories
from tests.support.till import Shop, provider, shop

__all__ = ["LIMIT", "Desk", "desk", "provider", "shop"]

LIMIT = Decimal(300_000)


@pytest.fixture
def desk(shop: Shop) -> "Desk":
    return Desk(shop)


class Desk:
    """Two members of staff and the acts they do."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        with transaction(shop.engine) as tx:
            self.first, self.second = (factories.account(tx).id for _ in range(2))

    def act(self, name: str, kind: str, key: str, *, limit: Decimal = LIMIT, **more: Any) -> UUID | None:
        def do(tx: Tx) -> Any:
            given = {"by": self.first, "reason": "The bank says so.", "now": clock.now(), "four_eyes_above": limit}
            return recovery.act(tx, name, kind, key, **(given | more))

        proposal = self._in_transaction(do)
        return proposal.id if proposal else None

    def confirm(self, proposal_id: UUID, by: UUID) -> None:
        self._in_transaction(lambda tx: recovery.confirm(tx, proposal_id, by=by, now=clock.now()))

    def acts(self, kind: str, key: str) -> tuple[str, ...]:
        return self._in_transaction(lambda tx: recovery.find_case(tx, kind, key)).acts

    def recorded(self, order: orders.Order) -> list[str]:
        entries = self._in_transaction(lambda tx: audit.entries_about(tx, "order", order.id))
        return [entry.action for entry in reversed(entries) if entry.action.startswith("saga.")]

    def _in_transaction(self, do: Callable[[Tx], Any]) -> Any:
        with transaction(self.shop.engine) as tx:
            return do(tx)
