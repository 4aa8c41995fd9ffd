"""Money that a bank gives back to us days later: in sight at once, sent again once, or paid another way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from portal.domains import audit, orders, payments, recovery, refunds
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import NotFound
from portal.reports.sagas import find_sagas
from tests import factories
from tests.support.till import Shop, provider, shop

__all__ = ["provider", "shop"]

LIMIT = Decimal(300_000)


def in_tx(shop: Shop, do: Callable[[Tx], Any]) -> Any:
    with transaction(shop.engine) as tx:
        return do(tx)


@pytest.fixture
def back(shop: Shop) -> refunds.Refund:
    return shop.refund_came_back()


def act(shop: Shop, name: str, refund: refunds.Refund, *, by: UUID | None = None, **more: Any) -> Any:
    given: dict[str, Any] = {"reason": "They wrote to us.", "now": clock.now(), "four_eyes_above": LIMIT} | more
    someone = by or shop.account_id
    return in_tx(shop, lambda tx: recovery.act(tx, name, "returned", str(refund.id), by=someone, **given))


def attempts(shop: Shop) -> list[tuple[str, str | None]]:
    rows = shop.sql("SELECT state, answer FROM payment_attempts WHERE kind = 'refund' ORDER BY created_at, key")
    return [(row.state, row.answer) for row in rows]


def waiting(shop: Shop) -> list[tuple[str, str]]:
    return [(row.kind, row.key) for row in in_tx(shop, lambda tx: find_sagas(tx, "person"))]


def test_it_waits_for_a_person_the_moment_the_bank_says_so(shop: Shop, back: refunds.Refund) -> None:
    assert back.state == "sent", "the customer was told so; what failed is the attempt"
    assert attempts(shop) == [("failed", "expired_or_canceled_card")]
    assert waiting(shop) == [("returned", str(back.id))]
    case = in_tx(shop, lambda tx: recovery.find_case(tx, "returned", str(back.id)))
    assert (case.amount, case.acts) == (40000, ("anew", "settle"))
    assert case.progress.park_reason == "expired_or_canceled_card"
    entries = in_tx(shop, lambda tx: audit.entries_about(tx, "order", back.order_id))
    assert entries[0].action == "refund.returned"
    assert not shop.bank_says("failed"), "told again, nothing more happens"


def test_even_what_had_arrived_may_come_back(shop: Shop) -> None:
    refund = shop.refund_sent("pm_card_visa")
    assert refund.state == "settled"

    assert shop.bank_says("failed")

    assert waiting(shop) == [("returned", str(refund.id))]
    assert shop.refunded(refund).state == "settled"


def test_sent_again_under_a_new_key_it_arrives_once(shop: Shop, back: refunds.Refund) -> None:
    act(shop, "anew", back)
    assert waiting(shop) == [], "it is on its way"

    assert shop.drive("repayment", f"{back.id}:2") == "done"

    done = shop.refunded(back)
    assert (done.state, done.tries) == ("settled", 2)
    assert [state for state, _ in attempts(shop)] == ["failed", "done"]
    keys = [r["metadata"]["key"] for r in shop.provider.books()["refunds"] if r["metadata"].get("key")]
    assert len(set(keys)) == len(keys)
    assert shop.sql("SELECT refunding, refunded FROM payments")[0] == (0, 40000), "it counted as gone all the time"
    assert waiting(shop) == []
    with pytest.raises(NotFound):
        act(shop, "anew", back)


def test_while_it_is_on_its_way_again_nobody_can_pay_it_another_way(shop: Shop, back: refunds.Refund) -> None:
    act(shop, "anew", back)

    with pytest.raises(NotFound):
        act(shop, "settle", back, reference="Transfer 4711")
    with pytest.raises(refunds.NothingReturned), transaction(shop.engine) as tx:
        refunds.settle_outside(tx, back.id, "Transfer 4711")


def test_pressed_by_ten_at_once_it_is_sent_once(shop: Shop, back: refunds.Refund) -> None:
    def press(_n: int) -> None:
        with suppress(recovery.NothingToCure, NotFound):
            act(shop, "anew", back)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(press, range(10)))

    assert len(shop.sql("SELECT 1 FROM sagas WHERE kind = 'repayment'")) == 1
    assert shop.drive("repayment", f"{back.id}:2") == "done"
    assert shop.sent_back(in_tx(shop, lambda tx: orders.get_order(tx, back.order_id))) == 40000


@pytest.mark.parametrize("fault", ["timeout_after", "cut_after", "error_after", "cut_before", "error_before"])
def test_a_try_without_an_answer_is_asked_for_and_arrives_once(shop: Shop, back: refunds.Refund, fault: str) -> None:
    shop.provider.fault("refund", fault, times=1, seconds=2)
    act(shop, "anew", back)

    assert shop.drive("repayment", f"{back.id}:2") == "done"

    assert shop.refunded(back).state == "settled"
    assert [state for state, _ in attempts(shop)] == ["failed", "done"]
    assert shop.sent_back(in_tx(shop, lambda tx: orders.get_order(tx, back.order_id))) == 40000


def test_nothing_is_sent_while_the_provider_says_that_an_earlier_try_arrived(shop: Shop) -> None:
    refund = shop.refund_sent("pm_card_visa", part=True)  # so that there is money left that could be sent twice
    shop.bank_says("failed")  # by mistake: there it has arrived

    for _ in range(2):
        tries = shop.refunded(refund).tries
        act(shop, "anew", refund)
        assert shop.drive("repayment", f"{refund.id}:{tries + 1}") == "compensated"
        assert waiting(shop) == [("returned", str(refund.id))], "somebody has to find out"

    assert shop.sent_back(in_tx(shop, lambda tx: orders.get_order(tx, refund.order_id))) == refund.amount
    assert attempts(shop)[1:] == [("failed", "not-returned")] * 2


def test_paid_another_way_it_is_settled_with_its_reference(shop: Shop, back: refunds.Refund) -> None:
    act(shop, "settle", back, reference="Transfer 4711")

    assert shop.refunded(back).state == "settled"
    assert attempts(shop) == [("failed", "expired_or_canceled_card"), ("done", payments.OUTSIDE)]
    row = shop.sql("SELECT provider_ref FROM payment_attempts WHERE state = 'done' AND kind = 'refund'")[0]
    assert row.provider_ref == "Transfer 4711"
    assert waiting(shop) == []
    assert shop.sent_back(in_tx(shop, lambda tx: orders.get_order(tx, back.order_id))) == 0


def test_settled_outside_a_moment_before_the_try_began_nothing_is_sent(shop: Shop, back: refunds.Refund) -> None:
    act(shop, "anew", back)
    shop.force("UPDATE sagas SET state = 'done', ended_at = now() WHERE kind = 'repayment'")  # as if it were over
    act(shop, "settle", back, reference="Transfer 4711")
    shop.force("UPDATE sagas SET state = 'ready', ended_at = NULL WHERE kind = 'repayment'")

    assert shop.drive("repayment", f"{back.id}:2") == "done"

    assert shop.sent_back(in_tx(shop, lambda tx: orders.get_order(tx, back.order_id))) == 0
    assert shop.refunded(back).tries == 2


@pytest.mark.parametrize("name", ["anew", "settle"])
def test_above_the_limit_it_takes_two(shop: Shop, back: refunds.Refund, name: str) -> None:
    other = in_tx(shop, lambda tx: factories.account(tx).id)
    proposal = act(shop, name, back, four_eyes_above=Decimal(39_999), reference="Transfer 1")
    assert proposal is not None
    assert shop.refunded(back).tries == 1
    with pytest.raises(audit.SamePerson):
        in_tx(shop, lambda tx: recovery.confirm(tx, proposal.id, by=shop.account_id, now=clock.now()))

    in_tx(shop, lambda tx: recovery.confirm(tx, proposal.id, by=other, now=clock.now()))

    if name == "anew":
        shop.drive("repayment", f"{back.id}:2")
    assert shop.refunded(back).state == "settled"


def test_a_part_that_came_back_takes_nothing_from_the_other_parts(shop: Shop) -> None:
    shop.provider.set(pending_refund_ms=0)
    order = shop.order(card="pm_card_refundFail")
    shop.drive("payment", order.number)
    booking, tea = shop.get(order).lines
    first = shop.refund(order, [tea.id])
    shop.drive("refund", str(first.id))
    shop.nothing_pending_there()
    shop.bank_says("failed")
    second = shop.refund(order, [booking.id])
    shop.provider.fault("refund", "cut_before")
    shop.drive("refund", str(second.id), visits=1)
    assert shop.sql("SELECT refunding FROM payments")[0].refunding == booking.charge_share, "set aside for the second"
    act(shop, "anew", first)
    assert shop.drive("repayment", f"{first.id}:2") == "done"
    assert shop.sql("SELECT refunding FROM payments")[0].refunding == booking.charge_share
    assert shop.drive("refund", str(second.id)) == "done"
    assert shop.sql("SELECT refunding, refunded FROM payments")[0] == (0, 40000)
    assert shop.get(order).state == "refunded"
    assert shop.sent_back(order) == 40000


@pytest.mark.parametrize("key", ["nonsense", "01900000-0000-7000-8000-000000000000"])
def test_what_does_not_wait_is_not_there(shop: Shop, key: str) -> None:
    with pytest.raises(NotFound):
        in_tx(shop, lambda tx: recovery.find_case(tx, "returned", key))
