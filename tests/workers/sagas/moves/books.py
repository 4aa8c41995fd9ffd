"""What must be so of an order that moves, or does not."""

from datetime import timedelta

from portal.domains import orders, reservations
from portal.kernel import clock
from portal.kernel.db import transaction
from tests.support.till import Shop

FAULTS = ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"]


def by_the_hour(shop: Shop) -> orders.Order:
    """From ten to eleven, paid, where the length is free."""
    with transaction(shop.engine) as tx:
        start = shop.start + timedelta(hours=10)
        hold = reservations.hold(
            tx,
            account_id=shop.account_id,
            product_id=shop.product_id,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            now=clock.now(),
            minutes=15,
        )
        order = orders.accept(tx, account_id=shop.account_id, hold_ids=[hold.id], token="pm_card_visa", now=clock.now())
    assert shop.drive("payment", order.number) == "done"
    return shop.get(order)


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
