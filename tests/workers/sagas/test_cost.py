"""What a booking costs the database: statements, counted, so that nobody adds one without meaning to.

Each bound is what was reached (docs/benchmarks.md says what it was before). A savepoint and its end count; commits do
not.
"""

from tests.support.statements import counted_on
from tests.support.till import Shop

HOLD, ACCEPT = 6, 6
PAYMENT = 22
"""Five of them the engine's: the claim, the fence before the provider's reference, and the ends of two segments."""
REFUND = 29


def test_a_hold_and_an_accepted_order_with_points_are_six_statements_each(shop: Shop) -> None:
    shop.order(tea=0)  # what is prepared once is prepared now
    with counted_on(shop.engine) as sent:
        shop.order(tea=0, hour=12)
    assert len(sent) <= HOLD + ACCEPT, "\n".join(sent)


def test_a_payment_is_a_few_statements(shop: Shop) -> None:
    order = shop.order(tea=0)
    saga = shop.progress("payment", order.number).id
    with counted_on(shop.engine) as sent:
        assert shop.driver.visit(saga) == "done"
    assert len(sent) <= PAYMENT, "\n".join(sent)


def test_what_is_taken_along_adds_one_statement_a_kind(shop: Shop) -> None:
    order = shop.order(tea=2)
    saga = shop.progress("payment", order.number).id
    with counted_on(shop.engine) as sent:
        assert shop.driver.visit(saga) == "done"
    assert len(sent) <= PAYMENT + 1, "\n".join(sent)


def test_a_refund_is_a_few_statements(shop: Shop) -> None:
    order = shop.order(tea=0)
    assert shop.drive("payment", order.number) == "done"
    asked = shop.refund(order)
    saga = shop.progress("refund", str(asked.id)).id
    with counted_on(shop.engine) as sent:
        assert shop.driver.visit(saga) == "done"
    assert len(sent) <= REFUND, "\n".join(sent)
