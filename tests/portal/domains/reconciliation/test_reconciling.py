"""Our books against the provider's own: each disagreement becomes one row, and goes when it has come right."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.domains import payments, reconciliation, refunds
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Invalid, Stale
from portal.kernel.ids import new_id
from portal.kernel.steps import Unknown
from tests.portal.domains.reconciliation.books import bought, differences, dismissed, opening, run
from tests.support.till import Shop


def test_books_that_agree_have_no_differences(shop: Shop) -> None:
    order = bought(shop)
    refund = shop.refund(order)
    assert shop.drive("refund", str(refund.id)) == "done"

    outcome = run(shop)

    assert outcome.compared >= 2
    assert differences(shop) == []


def test_a_charge_nobody_here_knows_is_a_row(shop: Shop) -> None:
    pay_there(shop, "J-STRANGER")

    run(shop)

    assert ("charge_unknown_here", "J-STRANGER") in differences(shop)


def test_a_charge_in_doubt_is_a_row_once_its_saga_waits_for_a_person_and_not_before(shop: Shop) -> None:
    order = shop.order()
    shop.provider.fault("confirm", "cut_after")
    shop.provider.fault("retrieve", "error_before", times=50)
    shop.driver.visit(shop.progress("payment", order.number).id)
    shop.provider.clear_faults()
    run(shop)
    assert differences(shop) == []

    shop.sql("UPDATE sagas SET state = 'parked', parked_from = 'unknown', park_reason = 'x', lease_until = NULL")
    run(shop)

    assert differences(shop) == [("charge_in_doubt_here", order.number)]


def test_a_charge_we_count_and_the_provider_does_not_is_a_row(shop: Shop) -> None:
    order = bought(shop)
    shop.sql("UPDATE payments SET provider_ref = 'pi_nobody'")
    shop.sql("UPDATE payment_attempts SET provider_ref = 'pi_nobody', key = 'other'")

    run(shop)

    assert sorted(kind for kind, number in differences(shop)) == ["charge_missing_there", "charge_unknown_here"]
    assert {number for _, number in differences(shop)} == {order.number}


def test_what_was_settled_outside_need_not_be_known_there(shop: Shop) -> None:
    bought(shop)
    shop.sql("UPDATE payments SET provider_ref = 'transfer 1'")
    shop.sql(
        "UPDATE payment_attempts SET provider_ref = 'transfer 1', key = 'other', answer = :told", told=payments.OUTSIDE
    )

    run(shop)

    assert "charge_missing_there" not in [kind for kind, _ in differences(shop)]


def test_an_amount_that_differs_is_a_row_with_both_amounts(shop: Shop) -> None:
    bought(shop)
    shop.sql("UPDATE payment_attempts SET amount = 39000")

    run(shop)

    row = shop.sql("SELECT kind, ours, theirs FROM differences")[0]
    assert (row.kind, row.ours, row.theirs) == ("amount_differs", 39000, 40000)


def test_a_refund_made_by_hand_at_the_provider_is_a_row(shop: Shop) -> None:
    order = bought(shop)
    ref = shop.sql("SELECT provider_ref FROM payments")[0].provider_ref
    payments.current().repay(ref, amount=Decimal(1000), currency="KRW", key="by hand")

    run(shop)

    assert [kind for kind, _ in differences(shop)] == ["refund_unknown_here"]
    assert shop.get(order).refunded == 0


def test_a_refund_we_count_and_the_provider_does_not_is_a_row(shop: Shop) -> None:
    order = bought(shop)
    refund = shop.refund(order)
    shop.drive("refund", str(refund.id))
    shop.sql("UPDATE payment_attempts SET provider_ref = 're_nobody', key = 'other' WHERE kind = 'refund'")

    run(shop)

    assert sorted(kind for kind, _ in differences(shop)) == ["refund_missing_there", "refund_unknown_here"]


def test_a_refund_that_the_bank_gave_back_is_a_row_even_after_its_webhook(shop: Shop) -> None:
    order = bought(shop)
    refund = shop.refund(order)
    shop.drive("refund", str(refund.id))
    ref = shop.sql("SELECT provider_ref FROM payment_attempts WHERE kind = 'refund'")[0].provider_ref
    failed = payments.Repayment(ref, "failed", "lost_or_stolen_card")
    with transaction(shop.engine) as tx:
        assert refunds.settled(tx, failed)
    gateway = Telling(payments.current(), ref)

    now = clock.now() + timedelta(hours=1)
    since = clock.now() - timedelta(hours=1)
    reconciliation.reconcile(opening(shop), gateway, since=since, until=now, now=now)  # type: ignore[arg-type]  # has what a run asks for

    assert differences(shop) == [("refund_failed_there", order.number)]


class Telling:
    """The provider, telling that this repayment failed after all."""

    def __init__(self, gateway: payments.Gateway, ref: str) -> None:
        self.name, self.find, self._gateway, self._ref = gateway.name, gateway.find, gateway, ref

    def movements(self, *span: Any) -> Any:
        for one in self._gateway.movements(*span):
            yield replace(one, status="failed") if one.ref == self._ref else one


def test_found_again_it_is_the_same_row_and_gone_it_is_cured(shop: Shop) -> None:
    bought(shop)
    shop.sql("UPDATE payment_attempts SET amount = 39000")
    run(shop)
    run(shop, later=timedelta(hours=2))
    assert len(differences(shop)) == 1

    shop.sql("UPDATE payment_attempts SET amount = 40000")
    outcome = run(shop, later=timedelta(hours=3))

    assert outcome.cured == 1
    assert differences(shop) == []
    assert len(differences(shop, "cured")) == 1


def test_what_comes_back_is_open_again_and_what_was_dismissed_stays_so(shop: Shop) -> None:
    bought(shop)
    shop.sql("UPDATE payment_attempts SET amount = 39000")
    run(shop)
    shop.sql("UPDATE differences SET state = 'cured', ended_at = now()")
    run(shop, later=timedelta(hours=2))
    assert len(differences(shop)) == 1

    dismissed(shop)
    run(shop, later=timedelta(hours=3))

    assert differences(shop) == []
    assert len(differences(shop, "dismissed")) == 1


def test_a_difference_is_dismissed_once_with_a_reason(shop: Shop) -> None:
    bought(shop)
    shop.sql("UPDATE payment_attempts SET amount = 39000")
    run(shop)
    with pytest.raises(Invalid):
        dismissed(shop, " ")

    dismissed(shop)
    with pytest.raises(Stale):
        dismissed(shop)


def test_what_is_younger_than_the_settling_time_is_left_alone(shop: Shop) -> None:
    bought(shop)
    shop.sql("UPDATE payment_attempts SET amount = 39000")

    run(shop, later=timedelta(0))

    assert differences(shop) == []


def test_a_provider_that_does_not_answer_cures_nothing(shop: Shop) -> None:
    bought(shop)
    shop.sql("UPDATE payment_attempts SET amount = 39000")
    run(shop)
    shop.provider.fault("retrieve", "error_before", times=50)

    with pytest.raises(Unknown):
        run(shop, later=timedelta(hours=2))

    shop.provider.clear_faults()
    assert len(differences(shop)) == 1
    assert shop.sql("SELECT count(*) AS open FROM reconciliations WHERE ended_at IS NULL")[0].open == 1


def test_more_than_a_page_is_compared_row_by_row(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.domains.reconciliation.running.PAGE", 2)
    numbers = [f"J-PAGES-{n}-{new_id().hex[:6]}" for n in range(5)]
    for number in numbers:
        pay_there(shop, number)

    run(shop)

    assert {number for kind, number in differences(shop) if kind == "charge_unknown_here"} >= set(numbers)


def test_one_of_several_tickers_runs_it_once_a_day(shop: Shop) -> None:
    def claimed(later: timedelta = timedelta(0)) -> bool:
        now = clock.now() + later
        with transaction(shop.engine) as tx:
            return reconciliation.claim(tx, "stripe", since=now - timedelta(days=3), now=now) is not None

    with ThreadPoolExecutor(1) as other, transaction(shop.engine) as tx:
        now = clock.now()
        assert reconciliation.claim(tx, "stripe", since=now - timedelta(days=3), now=now)
        second = other.submit(claimed)
        assert not wait([second], timeout=0.5).done, "it waits until the first is written"
        tx.commit()
        assert not second.result()
    assert not claimed(timedelta(minutes=59))
    assert claimed(timedelta(hours=2)), "the first one was interrupted"

    run(shop, later=timedelta(hours=3))
    assert not claimed(timedelta(hours=26))
    assert claimed(timedelta(hours=28))


def pay_there(shop: Shop, number: str) -> None:
    """Somebody charges at the provider past us."""
    gateway, asked = payments.current(), {"amount": Decimal(5000), "currency": "KRW", "order_number": number}
    key = str(new_id())
    opened = gateway.open(**asked, return_url="http://x", key=key)  # type: ignore[arg-type]  # one of each kind
    assert opened.ref
    paid = gateway.confirm(opened.ref, **asked, token="pm_card_visa", return_url="http://x", key=key)  # type: ignore[arg-type]  # one of each kind
    assert paid.status == "paid"
