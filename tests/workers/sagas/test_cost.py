"""What a booking costs the database, counted, so that nobody adds a statement or a round trip without meaning to.

Each bound is what was reached. Savepoints count, commits do not.
"""

from tests.support.statements import Sent, counted_on
from tests.support.till import Shop

BOOKED = (12, 8)
"""Statements and trips of a hold and of an order accepted with points; half of both each."""
PAID = (24, 11)
"""Five are the engine's: the claim and how it is committed, the fence before the provider's reference, the ends of two
segments."""
REFUNDED = (30, 25)
"""Two trips tell from which payment the money goes back, and whether there is more of it elsewhere."""
MOVED = (31, 21)
"""A dearer time; at the same price it costs what is left without the charge."""


def cost(sent: Sent) -> tuple[int, int]:
    return len(sent), sent.trips


def within(sent: Sent, bounds: tuple[int, int]) -> bool:
    return len(sent) <= bounds[0] and sent.trips <= bounds[1]


def test_a_hold_and_an_order(shop: Shop) -> None:
    shop.order(tea=0)  # what is prepared once is prepared now
    with counted_on(shop.engine) as sent:
        shop.order(tea=0, hour=12)
    assert within(sent, BOOKED), (cost(sent), sent)


def test_a_payment(shop: Shop) -> None:
    order = shop.order(tea=0)
    saga = shop.progress("payment", order.number).id
    with counted_on(shop.engine) as sent:
        assert shop.driver.visit(saga) == "done"
    assert within(sent, PAID), (cost(sent), sent)


def test_what_is_taken_along_adds_one_of_each_for_a_kind(shop: Shop) -> None:
    order = shop.order(tea=2)
    saga = shop.progress("payment", order.number).id
    with counted_on(shop.engine) as sent:
        assert shop.driver.visit(saga) == "done"
    assert within(sent, (PAID[0] + 1, PAID[1] + 1)), (cost(sent), sent)


def test_a_refund(shop: Shop) -> None:
    order = shop.order(tea=0)
    assert shop.drive("payment", order.number) == "done"
    asked = shop.refund(order)
    saga = shop.progress("refund", str(asked.id)).id
    with counted_on(shop.engine) as sent:
        assert shop.driver.visit(saga) == "done"
    assert within(sent, REFUNDED), (cost(sent), sent)


def test_a_move(shop: Shop) -> None:
    order = shop.bought(tea=0)
    shop.costs(45000)
    saga = shop.progress("move", shop.move(order).number).id
    with counted_on(shop.engine) as sent:
        assert shop.driver.visit(saga) == "done"
    assert within(sent, MOVED), (cost(sent), sent)
