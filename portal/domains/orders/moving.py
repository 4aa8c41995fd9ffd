"""What moving a booking does to its order: a line is marked, then let be, or at another time for another price."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.domains.orders.errors import LinesGone
from portal.kernel import wire
from portal.kernel.db import Tx

MARK = """
done AS (
    UPDATE order_lines SET state = 'moving'
    WHERE id = %(line_id)s AND order_id = %(order_id)s AND state IN ('active', 'moving') AND kind = 'booking'
    RETURNING id
)
"""
UNMARK = (
    "UPDATE order_lines SET state = 'active' WHERE id = %(line_id)s AND order_id = %(order_id)s AND state = 'moving'"
)
# The line and its order in one statement, so that both add up at every moment; it fails unless there is one of each.
MOVED = """
WITH line AS (
    UPDATE order_lines SET
        state = 'active', hold_id = %(hold_id)s, refund_rule_id = %(refund_rule_id)s,
        amount = amount + %(charge)s - %(back)s - %(points)s,
        charge_share = charge_share + %(charge)s - %(back)s, points_share = points_share - %(points)s
    WHERE id = %(line_id)s AND order_id = %(order_id)s AND state = 'moving'
    RETURNING order_id
), moved AS (
    UPDATE orders SET
        total = total + %(charge)s - %(back)s - %(points)s, charge = charge + %(charge)s - %(back)s,
        points_used = points_used - %(points)s,
        points_accrued = greatest(points_accrued + %(earned)s - %(unearned)s, 0), updated_at = now()
    FROM line WHERE orders.id = line.order_id AND orders.state = 'completed'
    RETURNING orders.id
)
SELECT CASE count(*) WHEN 1 THEN 1 ELSE ('moved ' || count(*) || ' orders instead of one')::int END FROM moved
"""


def mark_moving(tx: Tx, order_id: UUID, line_id: UUID) -> None:
    """Marks the booking as moving: until it is let be, it cannot be given back. Repeatable. Raises LinesGone."""
    wire.require(tx, MARK, {"order_id": order_id, "line_id": line_id}, LinesGone)


def let_be(tx: Tx, order_id: UUID, line_id: UUID) -> None:
    """It does not move after all. Bears being run when nothing was marked."""
    wire.later(tx, UNMARK, {"order_id": order_id, "line_id": line_id})


def moved(tx: Tx, order_id: UUID, line_id: UUID, **to: Any) -> None:
    """The line is at another hold, under that hold's refund rule, and costs more (`charge`) or less: `back` by card and
    `points`. What the order has earned follows: `earned`, `unearned`."""
    wire.later(tx, MOVED, {"order_id": order_id, "line_id": line_id, **to})


def shares_back(charge_share: Decimal, less: Decimal) -> tuple[Decimal, int]:
    """How a line that gets cheaper gives it back: to the card first, at most what was charged for it; then points."""
    money = min(charge_share, less)
    return money, int(less - money)
