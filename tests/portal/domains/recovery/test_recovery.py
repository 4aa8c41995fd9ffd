"""Cures of stuck money: each does what it says, once, with a name and a reason, and two names above the limit."""

from decimal import Decimal

import pytest

from portal.domains import audit, orders, recovery, refunds
from portal.kernel.db import transaction
from portal.kernel.errors import Invalid
from tests.portal.domains.recovery.conftest import Desk
from tests.support.till import Shop


def broken_behind_the_pivot(shop: Shop) -> orders.Order:
    """A paid order that cannot be completed, parked."""
    order = shop.order()
    shop.sql("ALTER TABLE orders ADD CONSTRAINT never CHECK (state <> 'completed')")
    try:
        assert shop.drive("payment", order.number, visits=20) == "parked"
    finally:
        shop.sql("ALTER TABLE orders DROP CONSTRAINT never")
    return order


def test_asking_now_finds_the_charge_and_the_booking_completes(shop: Shop, desk: Desk) -> None:
    order = shop.in_doubt("cut_after")

    desk.act("ask", "payment", order.number)

    assert shop.drive("payment", order.number) == "done"
    assert shop.get(order).state == "completed"
    assert shop.charged(order) == [40000]
    assert desk.recorded(order) == ["saga.ask"]


def test_a_released_payment_gives_everything_back_and_tells_the_customer(shop: Shop, desk: Desk) -> None:
    order = shop.in_doubt("cut_before")

    desk.act("release", "payment", order.number)

    assert shop.drive("payment", order.number) == "compensated"
    assert (shop.get(order).state, shop.get(order).refusal) == ("cancelled", "released")
    assert (shop.charged(order), shop.balance().available, shop.stock()) == ([], 5000, 5)
    assert shop.mails() == ["order_cancelled"]


def test_a_payment_that_went_through_is_never_released(shop: Shop, desk: Desk) -> None:
    order = shop.in_doubt("cut_after")

    desk.act("release", "payment", order.number)

    assert shop.drive("payment", order.number) == "done"
    assert shop.get(order).state == "completed"


def test_a_payment_settled_outside_completes_the_booking_with_its_reference(shop: Shop, desk: Desk) -> None:
    order = shop.in_doubt("cut_before")

    desk.act("settle", "payment", order.number, reference="transfer 4711")

    assert shop.drive("payment", order.number) == "done"
    assert shop.get(order).state == "completed"
    assert shop.charged(order) == []
    payment = shop.sql("SELECT state, provider_ref FROM payments")[0]
    assert payment.state == "paid"


def test_above_the_limit_a_second_person_has_to_confirm(shop: Shop, desk: Desk) -> None:
    order = shop.in_doubt("cut_before")

    proposal = desk.act("release", "payment", order.number, limit=Decimal(39_999))
    assert proposal
    assert shop.progress("payment", order.number).state == "parked"
    with pytest.raises(audit.SamePerson):
        desk.confirm(proposal, desk.first)
    with pytest.raises(audit.AlreadyProposed):
        desk.act("release", "payment", order.number, limit=Decimal(39_999))

    desk.confirm(proposal, desk.second)
    with pytest.raises(audit.NoLongerOpen):
        desk.confirm(proposal, desk.second)

    assert shop.drive("payment", order.number) == "compensated"
    assert desk.recorded(order) == ["saga.release.proposed", "saga.release.confirmed"]


def test_at_the_limit_one_person_is_enough(shop: Shop, desk: Desk) -> None:
    order = shop.in_doubt("cut_before")

    assert desk.act("release", "payment", order.number, limit=Decimal(40_000)) is None


def test_a_paid_booking_that_cannot_be_completed_is_given_back_whole(shop: Shop, desk: Desk) -> None:
    order = broken_behind_the_pivot(shop)
    assert shop.charged(order) == [40000]
    assert desk.acts("payment", order.number) == ("resume", "give_back")

    desk.act("give_back", "payment", order.number)

    with transaction(shop.engine) as tx:
        (refund,) = refunds.refunds_of(tx, order.id)
    assert shop.drive("refund", str(refund.id)) == "done"
    done = shop.get(order)
    assert (done.state, done.refunded, done.points_returned, done.points_accrued) == ("refunded", 40000, 2000, 0)
    assert shop.sent_back(order) == 40000
    assert (shop.balance().available, shop.balance().held, shop.stock()) == (5000, 0, 5)
    assert shop.places() == ["CANCELLED"]
    assert shop.progress("payment", order.number).state == "handed_over"


def test_a_booking_given_back_twice_at_once_is_given_back_once(shop: Shop, desk: Desk) -> None:
    order = broken_behind_the_pivot(shop)

    desk.act("give_back", "payment", order.number)
    with pytest.raises(recovery.NothingToCure):
        desk.act("give_back", "payment", order.number)


def test_when_the_provider_refuses_to_give_back_the_order_waits_as_before(shop: Shop, desk: Desk) -> None:
    order = broken_behind_the_pivot(shop)
    ref = shop.sql("SELECT provider_ref FROM payments")[0].provider_ref
    shop.sql("UPDATE payments SET provider_ref = 'pi_nobody_knows'")
    desk.act("give_back", "payment", order.number)
    with transaction(shop.engine) as tx:
        (refund,) = refunds.refunds_of(tx, order.id)

    shop.drive("refund", str(refund.id))

    shop.sql("UPDATE payments SET provider_ref = :ref", ref=ref)
    assert shop.get(order).state in {"processing", "refunding"}
    assert shop.places() == ["PENDING"]


def test_a_refund_in_doubt_is_sent_anew_under_a_new_key_only_if_the_provider_knows_nothing(
    shop: Shop, desk: Desk
) -> None:
    order = shop.order()
    shop.drive("payment", order.number)
    refund = shop.refund(order)
    shop.provider.fault("refund", "cut_before")
    shop.drive("refund", str(refund.id), visits=1)
    shop.sql("UPDATE saga_calls SET first_sent_at = now() - interval '2 days'")
    assert shop.drive("refund", str(refund.id)) == "parked"
    assert desk.acts("refund", str(refund.id)) == ("ask", "release", "anew", "settle")

    desk.act("anew", "refund", str(refund.id))

    assert shop.drive("refund", str(refund.id)) == "done"
    assert shop.sent_back(order) == 40000
    attempts = shop.sql("SELECT key, state FROM payment_attempts WHERE kind = 'refund' ORDER BY created_at")
    assert [(row.key[-2:], row.state) for row in attempts] == [(":1", "failed"), (":2", "done")]


def test_a_reason_is_needed_and_nothing_happens_without(shop: Shop, desk: Desk) -> None:
    order = shop.in_doubt("cut_before")

    for name, field, more in (
        ("release", "reason", {"reason": " "}),
        ("ask", "reason", {"reason": "x" * 501}),
        ("settle", "reference", {}),
    ):
        with pytest.raises(Invalid) as invalid:
            desk.act(name, "payment", order.number, **more)
        assert list(invalid.value.faults) == [field]
    assert desk.recorded(order) == []
    assert shop.progress("payment", order.number).state == "parked"


def test_what_runs_by_itself_allows_no_cure(shop: Shop, desk: Desk) -> None:
    order = shop.order()

    assert desk.acts("payment", order.number) == ()
    with pytest.raises(recovery.NothingToCure):
        desk.act("release", "payment", order.number)


def test_a_step_that_broke_goes_on_when_it_is_told_to(shop: Shop, desk: Desk) -> None:
    order = broken_behind_the_pivot(shop)

    desk.act("resume", "payment", order.number)

    assert shop.drive("payment", order.number) == "done"
    assert shop.get(order).state == "completed"
