"""Approved, turned down or taken back: one of them, once, and on record."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from portal.domains import audit, orders, refunds
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from tests.support.till import Shop, provider, shop

__all__ = ["provider", "shop"]


@pytest.fixture
def asked(shop: Shop) -> refunds.Refund:
    """A request that waits for somebody."""
    order = shop.order()
    assert shop.drive("payment", order.number) == "done"
    return ask(shop, order)


def ask(shop: Shop, order: orders.Order) -> refunds.Refund:
    with transaction(shop.engine) as tx:
        fresh = orders.get_order(tx, order.id)
        return refunds.request(tx, fresh, by=shop.account_id, reason="I am ill.", now=clock.now())


def withdraw(shop: Shop, refund: refunds.Refund) -> None:
    with transaction(shop.engine) as tx:
        refunds.withdraw(tx, refund.id, by=shop.account_id)


def test_a_request_taken_back_moves_nothing_and_leaves_room_for_another(shop: Shop, asked: refunds.Refund) -> None:
    withdraw(shop, asked)

    found = shop.refunded(asked)
    assert (found.state, found.withdrawn, found.decided_by) == ("cancelled", True, None)
    with transaction(shop.engine) as tx:
        order = orders.get_order(tx, asked.order_id)
        assert order.state == "completed"
        actions = [entry.action for entry in audit.entries_about(tx, "order", order.id)]
    assert actions == ["refund.withdrawn", "refund.requested"]
    assert shop.sql("SELECT count(*) FROM sagas WHERE kind = 'refund'")[0] == (0,)
    assert shop.mails() == ["order_confirmed"]
    ask(shop, order)


def test_what_was_decided_cannot_be_taken_back(shop: Shop, asked: refunds.Refund) -> None:
    with transaction(shop.engine) as tx:
        refunds.approve(tx, asked.id, by=shop.account_id, now=clock.now())

    with pytest.raises(refunds.AlreadyDecided):
        withdraw(shop, asked)
    assert shop.refunded(asked).state == "approved"


def test_what_was_taken_back_cannot_be_approved(shop: Shop, asked: refunds.Refund) -> None:
    withdraw(shop, asked)

    for decide in (lambda tx: refunds.approve(tx, asked.id, by=shop.account_id, now=clock.now()), _reject(shop, asked)):
        with pytest.raises(refunds.AlreadyDecided), transaction(shop.engine) as tx:
            decide(tx)
    assert shop.sql("SELECT count(*) FROM sagas WHERE kind = 'refund'")[0] == (0,)


@pytest.mark.parametrize("round", range(5))
def test_of_approval_rejection_and_withdrawal_at_once_exactly_one_happens(
    shop: Shop, asked: refunds.Refund, round: int
) -> None:
    acts: list[Callable[[Tx], object]] = [
        lambda tx: refunds.withdraw(tx, asked.id, by=shop.account_id),
        lambda tx: refunds.approve(tx, asked.id, by=shop.account_id, now=clock.now()),
        _reject(shop, asked),
        lambda tx: refunds.withdraw(tx, asked.id, by=shop.account_id),
    ]
    start = Barrier(len(acts))

    def happens(act: Callable[[Tx], object]) -> bool:
        start.wait()
        try:
            with transaction(shop.engine) as tx:
                act(tx)
        except refunds.AlreadyDecided:
            return False
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        happened = list(pool.map(happens, acts))

    assert happened.count(True) == 1
    begun = shop.sql("SELECT count(*) FROM sagas WHERE kind = 'refund'")[0][0]
    assert (shop.refunded(asked).state == "approved") == happened[1] == bool(begun)
    recorded = "SELECT count(*) FROM audit_entries WHERE action ~ '^refund.(approved|rejected|withdrawn)'"
    assert shop.sql(recorded)[0] == (1,)


def _reject(shop: Shop, asked: refunds.Refund) -> Callable[[Tx], object]:
    return lambda tx: refunds.reject(tx, asked.id, by=shop.account_id, reason="Too late.", now=clock.now())
