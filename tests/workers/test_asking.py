"""Refunds that take days are asked about by the clock, whatever webhooks were lost."""

from datetime import timedelta

import pytest

from portal.domains import payments, refunds
from portal.domains.payments.gateways import Repayment
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.steps import Unknown
from tests.support.till import Shop, provider, shop
from workers import asking

__all__ = ["provider", "shop"]


def pending(shop: Shop, card: str = "pm_card_pendingRefund") -> refunds.Refund:
    refund = shop.refund_sent(card)
    assert refund.state == "sent"
    return refund


def ask(shop: Shop, later: timedelta = timedelta(hours=2)) -> int:
    return asking.ask_all(lambda: transaction(shop.engine), now=clock.now() + later)


@pytest.mark.parametrize(
    ("card", "state", "attempt"),
    [("pm_card_pendingRefund", "settled", "done"), ("pm_card_refundFail", "sent", "failed")],
)
def test_what_nobody_told_us_is_heard_by_asking(shop: Shop, card: str, state: str, attempt: str) -> None:
    refund = pending(shop, card)
    shop.nothing_pending_there()

    assert ask(shop) == 1
    assert shop.refunded(refund).state == state
    assert shop.sql("SELECT state FROM payment_attempts WHERE kind = 'refund'")[0].state == attempt
    assert ask(shop) == 0


def test_nobody_is_asked_within_the_hour_and_what_is_still_pending_is_put_off(shop: Shop) -> None:
    refund = pending(shop)
    shop.provider.set(pending_refund_ms=60_000)
    assert ask(shop, timedelta(minutes=59)) == 0
    there = Answering(Repayment("re_1", "pending"))
    payments.plug(there)  # type: ignore[arg-type]  # has what is asked for
    shop.sql("UPDATE payment_attempts SET updated_at = now() - interval '2 hours'")

    assert (ask(shop, timedelta(0)), there.asked) == (0, 1)
    assert (ask(shop, timedelta(0)), there.asked) == (0, 1), "an hour has to pass"
    assert shop.refunded(refund).state == "sent"


def test_each_is_asked_of_the_provider_that_took_the_money(shop: Shop) -> None:
    refund = pending(shop)
    shop.force("UPDATE payments SET provider = 'toss'")
    before = payments.current()
    there = Answering(Repayment(ref_of(shop), "failed", "ABORTED"), name="toss")
    payments.plug(there)  # type: ignore[arg-type]  # as above
    payments.plug(before)

    assert (ask(shop), there.asked) == (1, 1)
    with transaction(shop.engine) as tx:
        assert [one.refund_id for one in refunds.returned(tx, refund.order_id)] == [refund.id]


@pytest.mark.parametrize("answer", [None, Unknown("silence")])
def test_a_provider_without_an_answer_changes_nothing(shop: Shop, answer: Unknown | None) -> None:
    refund = pending(shop)
    payments.plug(Answering(answer))  # type: ignore[arg-type]  # as above

    assert ask(shop) == 0
    assert shop.refunded(refund).state == "sent"


class Answering:
    """A provider that answers one thing, and counts how often it is asked."""

    def __init__(self, answer: Repayment | Unknown | None, *, name: str = "stripe") -> None:
        self.answer, self.name, self.asked = answer, name, 0

    def find_repayment(self, charge_ref: str, key: str) -> Repayment | None:
        self.asked += 1
        if isinstance(self.answer, Unknown):
            raise self.answer
        return self.answer


def ref_of(shop: Shop) -> str:
    return str(shop.sql("SELECT provider_ref FROM payment_attempts WHERE kind = 'refund'")[0].provider_ref)
