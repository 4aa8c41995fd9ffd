"""What must be so of an order that moves, or does not."""

from portal.domains import orders
from tests.support.till import Shop

FAULTS = ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"]


def adds_up(shop: Shop, order: orders.Order) -> orders.Order:
    """The order as it is now: its sums are those of its lines, and what the payments keep is what it was charged."""
    now = shop.get(order)
    assert now.total == sum(line.amount for line in now.lines) == now.charge + now.points_used
    assert now.charge == sum(line.charge_share for line in now.lines)
    paid = shop.sql("SELECT sum(amount - refunding - refunded) AS left FROM payments WHERE state = 'paid'")[0].left or 0
    assert paid == now.charge - now.refunded
    assert sum(shop.charged(now)) - shop.sent_back(now) == paid
    return now


def as_it_was(shop: Shop, order: orders.Order, before: orders.Order) -> None:
    after = adds_up(shop, order)
    assert (after.state, after.total, after.charge) == (before.state, before.total, before.charge)
    assert [(line.state, line.hold_id, line.amount) for line in after.lines] == [
        (line.state, line.hold_id, line.amount) for line in before.lines
    ]
    assert shop.booked() == [(10, 11)]
