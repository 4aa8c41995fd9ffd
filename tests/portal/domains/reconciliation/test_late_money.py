"""Money that the provider took after we had given up: no difference, but a process of its own, or a person's case."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.domains import orders, payments, reconciliation
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotFound, Stale
from portal.kernel.ids import new_id
from tests import factories
from tests.portal.domains.reconciliation.books import bought, differences, dismissed, opening, run
from tests.support.till import Shop


def test_money_that_turned_up_after_we_had_given_up_is_no_row_but_a_saga(shop: Shop) -> None:
    order = late(shop)

    outcome = run(shop)

    assert (outcome.late, outcome.found, differences(shop)) == (1, 0, [])
    assert run(shop, later=timedelta(hours=2)).late == 0, "its saga is under way"
    assert shop.drive("late_payment", order.number) == "done"
    run(shop, later=timedelta(hours=3))
    assert differences(shop) == [], "both books agree"


def test_late_money_on_its_way_back_is_no_row_either_and_agrees_in_the_end(shop: Shop) -> None:
    order = late(shop)
    shop.take_the_place()
    run(shop)
    assert shop.drive("late_payment", order.number) == "compensated"
    run(shop, later=timedelta(hours=2))
    assert shop.drive("late_refund", order.number) == "done"
    run(shop, later=timedelta(hours=3))
    assert differences(shop) == []


def test_late_money_of_which_some_went_back_by_hand_is_for_people(shop: Shop) -> None:
    order = late(shop)
    ref = shop.sql("SELECT provider_ref FROM payments")[0].provider_ref
    payments.current().repay(ref, amount=Decimal(1000), currency="KRW", key="by hand")

    assert run(shop).late == 0

    assert sorted(differences(shop)) == [("charge_given_up_here", order.number), ("refund_unknown_here", None)]
    assert not taken_in(shop)
    assert shop.sql("SELECT 1 FROM sagas WHERE kind <> 'payment'") == []


def test_late_money_of_another_amount_is_for_people(shop: Shop) -> None:
    order = late(shop)
    shop.sql("UPDATE payments SET amount = 39000")
    run(shop)
    assert differences(shop) == [("charge_given_up_here", order.number)]


def test_while_the_provider_does_not_confirm_late_money_it_is_a_row_and_later_cured(shop: Shop) -> None:
    order = late(shop)
    run(shop, silent=True)
    assert differences(shop) == [("charge_given_up_here", order.number)]

    assert run(shop, later=timedelta(hours=2)).late == 1

    assert (differences(shop), differences(shop, "cured")) == ([], [("charge_given_up_here", order.number)])


def test_a_member_of_staff_takes_late_money_in_once(shop: Shop) -> None:
    order = late(shop)
    run(shop, silent=True)

    assert taken_in(shop)

    assert differences(shop, "cured") == [("charge_given_up_here", order.number)]
    with pytest.raises(Stale):
        taken_in(shop)
    assert shop.drive("late_payment", order.number) == "done"
    entry = shop.sql("SELECT actor_id, details FROM audit_entries WHERE action = 'late.taken_in'")[0]
    assert entry.actor_id
    assert entry.details["told_by"] == "staff"


def test_late_money_about_which_a_person_decided_is_left_alone(shop: Shop) -> None:
    order = late(shop)
    run(shop, silent=True)

    dismissed(shop, "It went back by bank transfer.")

    assert run(shop, later=timedelta(hours=2)).late == 0
    assert not shop.take_in(order), "whoever tells of it"
    assert (differences(shop), len(differences(shop, "dismissed"))) == ([], 1)


def test_no_other_difference_is_taken_in(shop: Shop) -> None:
    bought(shop)
    shop.sql("UPDATE payment_attempts SET amount = 39000")
    run(shop)
    with pytest.raises(Stale):
        taken_in(shop)
    with pytest.raises(NotFound):
        reconciliation.take_in(opening(shop), new_id(), by=new_id(), now=clock.now())


def late(shop: Shop) -> orders.Order:
    """An order that was given up, and whose money the provider has all the same."""
    order = shop.given_up()
    shop.pay_late(order)
    return order


def taken_in(shop: Shop) -> bool:
    one = shop.sql("SELECT id FROM differences ORDER BY kind LIMIT 1")[0]
    with transaction(shop.engine) as tx:
        by = factories.account(tx).id
    return reconciliation.take_in(opening(shop), one.id, by=by, now=clock.now())
