"""The staff's lists of refunds: who waits longest comes first, and of what is over the newest; page by page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from portal.domains.refunds import Refund
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.ids import new_id
from portal.reports.refunds import find_refunds
from tests import factories

ORDER = text("""
    INSERT INTO orders (id, number, account_id, state, total, charge)
    VALUES (:id, :number, :account_id, 'completed', 0, 0)
""")


@pytest.fixture
def asked(tx: Tx) -> None:
    """Six refunds, one a minute; their reasons say which."""
    who = factories.account(tx)
    states = ["requested", "settled", "requested", "settled", "requested", "settled"]
    for number, state in enumerate(states):
        order_id = new_id()
        tx.execute(ORDER, {"id": order_id, "number": f"J-0000-000{number}", "account_id": who.id})
        tx.add(
            Refund(
                order_id=order_id,
                state=state,
                amount=Decimal(1000),
                reason=str(number),
                requested_by=who.id,
                created_at=clock.now() + timedelta(minutes=number),
            )
        )
    tx.flush()


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("state", "told"), [("requested", ["0", "2", "4"]), ("settled", ["5", "3", "1"]), (None, list("543210"))]
)
def test_a_list_goes_on_where_its_page_ended(tx: Tx, state: str | None, told: list[str]) -> None:
    first = find_refunds(tx, state=state, limit=2)
    rest = find_refunds(tx, state=state, after=(first[-1].created_at, first[-1].id))

    assert [row.reason for row in [*first, *rest]] == told
