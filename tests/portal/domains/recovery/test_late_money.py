"""Cures of money that came late: it is booked, sent back or settled, and never kept."""

import pytest

from portal.domains import orders, recovery, refunds
from portal.kernel.db import transaction
from tests.portal.domains.recovery.conftest import Desk
from tests.support.till import Shop


def late_and_taken(shop: Shop) -> orders.Order:
    """Late money whose place is gone, on its way back."""
    order = shop.given_up()
    shop.take_the_place()
    shop.pay_late(order)
    shop.take_in(order)
    assert shop.drive("late_payment", order.number) == "compensated"
    return order


def test_late_money_nobody_knows_the_way_back_of_is_sent_anew_and_never_kept(shop: Shop, desk: Desk) -> None:
    order = late_and_taken(shop)
    shop.provider.fault("refund", "cut_before")
    shop.drive("late_refund", order.number, visits=1)
    shop.sql("UPDATE saga_calls SET first_sent_at = now() - interval '2 days'")
    assert shop.drive("late_refund", order.number) == "parked"
    assert desk.acts("late_refund", order.number) == ("ask", "anew", "settle")
    with pytest.raises(recovery.NothingToCure):
        desk.act("release", "late_refund", order.number)

    desk.act("anew", "late_refund", order.number)

    assert shop.drive("late_refund", order.number) == "done"
    assert (shop.sent_back(order), shop.get(order).refunded) == (40000, 40000)


def test_late_money_that_went_back_by_transfer_is_settled_with_its_reference(shop: Shop, desk: Desk) -> None:
    order = late_and_taken(shop)
    shop.provider.fault("refund", "cut_before", times=50)
    shop.drive("late_refund", order.number, visits=1)

    desk.act("settle", "late_refund", order.number, reference="Transfer 2026-1")

    assert shop.drive("late_refund", order.number) == "done"
    assert (shop.sent_back(order), shop.get(order).refunded) == (0, 40000)
    attempt = shop.sql("SELECT provider_ref, answer FROM payment_attempts WHERE kind = 'refund'")[0]
    assert attempt == ("Transfer 2026-1", "settled outside")


def test_late_money_whose_booking_cannot_be_completed_is_given_back_whole(shop: Shop, desk: Desk) -> None:
    order = shop.given_up()
    shop.pay_late(order)
    shop.take_in(order)
    shop.sql("ALTER TABLE orders ADD CONSTRAINT never CHECK (state <> 'completed')")
    try:
        assert shop.drive("late_payment", order.number, visits=20) == "parked"
    finally:
        shop.sql("ALTER TABLE orders DROP CONSTRAINT never")
    assert desk.acts("late_payment", order.number) == ("resume", "give_back")

    desk.act("give_back", "late_payment", order.number)

    with transaction(shop.engine) as tx:
        (refund,) = refunds.refunds_of(tx, order.id)
    assert shop.drive("refund", str(refund.id)) == "done"
    assert (shop.get(order).state, shop.sent_back(order)) == ("refunded", 40000)
    assert (shop.balance().available, shop.balance().held, shop.stock()) == (5000, 0, 5)


def test_late_money_that_is_parked_before_it_is_booked_can_only_go_on(shop: Shop, desk: Desk) -> None:
    order = shop.given_up()
    shop.pay_late(order)
    shop.take_in(order)
    shop.sql("ALTER TABLE orders ADD CONSTRAINT never CHECK (state <> 'processing') NOT VALID")
    try:
        assert shop.drive("late_payment", order.number, visits=20) == "parked"
    finally:
        shop.sql("ALTER TABLE orders DROP CONSTRAINT never")
    assert desk.acts("late_payment", order.number) == ("resume",)

    desk.act("resume", "late_payment", order.number)

    assert shop.drive("late_payment", order.number) == "done"
