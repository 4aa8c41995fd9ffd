"""Cures of stuck money: each does what it says, once, with a name and a reason, and two names above the limit."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from portal.domains import audit, orders, recovery, refunds
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Invalid
from tests import factories
from tests.support.till import Shop

LIMIT = Decimal(300_000)


@pytest.fixture
def desk(shop: Shop) -> "Desk":
    return Desk(shop)


class Desk:
    """Two members of staff and the acts they do."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        with transaction(shop.engine) as tx:
            self.first, self.second = (factories.account(tx).id for _ in range(2))

    def act(self, name: str, kind: str, key: str, *, limit: Decimal = LIMIT, **more: Any) -> UUID | None:
        def do(tx: Tx) -> Any:
            given = {"by": self.first, "reason": "The bank says so.", "now": clock.now(), "four_eyes_above": limit}
            return recovery.act(tx, name, kind, key, **(given | more))

        proposal = self._in_transaction(do)
        return proposal.id if proposal else None

    def confirm(self, proposal_id: UUID, by: UUID) -> None:
        self._in_transaction(lambda tx: recovery.confirm(tx, proposal_id, by=by, now=clock.now()))

    def acts(self, kind: str, key: str) -> tuple[str, ...]:
        return self._in_transaction(lambda tx: recovery.find_case(tx, kind, key)).acts

    def recorded(self, order: orders.Order) -> list[str]:
        entries = self._in_transaction(lambda tx: audit.entries_about(tx, "order", order.id))
        return [entry.action for entry in reversed(entries) if entry.action.startswith("saga.")]

    def _in_transaction(self, do: Callable[[Tx], Any]) -> Any:
        with transaction(self.shop.engine) as tx:
            return do(tx)


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
