"""How often an order's page looks again: often at first, seldom when it takes long, never when all is done. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from portal.domains.moving import Move
from portal.domains.orders import Order
from portal.domains.refunds import Refund

NEVER = 0
SELDOM = 20
AT_ONCE, SOON = timedelta(seconds=45), timedelta(minutes=10)


def of_order(order: Order, asked: Sequence[Refund], now: datetime, *, paying: bool, moves: Sequence[Move] = ()) -> int:
    """Seconds until the next look. `paying`: something of the payment will still happen.

    Between approval and the end of the process money and places move by themselves, within seconds. A request waits for
    a person, who may decide at any moment; money that is with the bank takes days.
    """
    if paying:
        return _slower(order.placed_at, now, 1)
    if begun := [move.created_at for move in moves if move.state == "requested"]:
        return _slower(max(begun), now, 1)
    moving = [refund for refund in asked if refund.state == "approved" or order.state == "refunding"]
    if since := [refund.decided_at for refund in moving if refund.decided_at]:
        return _slower(max(since), now, 2)
    if waiting := [refund.created_at for refund in asked if refund.state == "requested"]:
        return _slower(max(waiting), now, 4)
    return SELDOM if any(refund.state == "sent" for refund in asked) else NEVER


def _slower(since: datetime, now: datetime, first: int) -> int:
    age = now - since
    return first if age < AT_ONCE else 4 if age < SOON else SELDOM
