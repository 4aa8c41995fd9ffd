"""The checkout that begins a real saga, the same for everybody: one transaction of `orders.accept`."""

from uuid import UUID

import portal.tables  # noqa: F401  # the tables name each other, so all have to be known
from portal.domains import orders
from portal.kernel import clock
from portal.kernel.db import Tx

POINTS = 500


def check_out(tx: Tx, account_id: str, hold_id: str) -> orders.Order:
    """Accepts one held slot, paid with some points and a card."""
    return orders.accept(
        tx,
        account_id=UUID(account_id),
        hold_ids=[UUID(hold_id)],
        points=POINTS,
        token="pm_card_visa",  # noqa: S106  # the public name of a test card
        idempotency_key=hold_id,
        now=clock.now(),
    )
