"""What a customer is promised when they choose a time is what they get, whatever staff write later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from portal.domains import catalog, orders, refunds, reservations
from portal.domains.catalog import PolicyFields
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from tests.journeys.house import wait_for
from tests.support.standing import standing
from tests.support.till import Shop, provider, shop

__all__ = ["provider", "shop"]


def policy(shop: Shop, name: str, *tiers: tuple[int, int], of: UUID | None = None, **more: Any) -> UUID:
    """A policy, and the product `of` that is sold under it from now on."""
    with transaction(shop.engine) as tx:
        fields = PolicyFields(name, tiers, bool(tiers), **more)
        made = catalog.create_refund_policy(tx, fields)
        if of:
            catalog.assign_refund_policy(tx, of, catalog.get_product(tx, of).version, made.id)
        return made.id


def rewrite(shop: Shop, policy_id: UUID, *tiers: tuple[int, int], **more: Any) -> None:
    with transaction(shop.engine) as tx:
        found = catalog.get_refund_policy(tx, policy_id)
        fields = PolicyFields(found.name, tiers, bool(tiers), **more)
        catalog.edit_refund_policy(tx, policy_id, found.version, fields)


def quote(shop: Shop, order: orders.Order, *, before: float = 48) -> refunds.Quote:
    """What would come back, asked so many hours before the booking begins."""
    with transaction(shop.engine) as tx:
        return refunds.quote(tx, orders.get_order(tx, order.id), now=start_of(shop) - timedelta(hours=before))


def start_of(shop: Shop) -> datetime:
    return shop.start + timedelta(hours=10)


def bought(shop: Shop, **how: int) -> orders.Order:
    order = shop.order(**{"points": 0, "tea": 0} | how)
    assert shop.drive("payment", order.number) == "done"
    return shop.get(order)


def test_the_policy_of_the_moment_of_holding_counts(shop: Shop) -> None:
    half = policy(shop, "Half", (24, 50), of=shop.product_id)
    with transaction(shop.engine) as tx:
        hold = reservations.hold(
            tx,
            account_id=shop.account_id,
            product_id=shop.product_id,
            starts_at=start_of(shop),
            now=clock.now(),
            minutes=15,
        )
    rewrite(shop, half)  # nothing comes back any more, for whoever comes later
    with transaction(shop.engine) as tx:
        order = orders.accept(tx, account_id=shop.account_id, hold_ids=[hold.id], token="pm_card_visa", now=clock.now())
    assert shop.drive("payment", order.number) == "done"

    assert quote(shop, order).amount == 15000
    later = bought(shop, hour=15)
    assert quote(shop, later).amount == 0


def test_what_was_bought_before_there_were_policies_keeps_the_usual(shop: Shop) -> None:
    order = bought(shop)
    policy(shop, "Never", of=shop.product_id, is_default=True)

    assert (quote(shop, order).amount, quote(shop, order, before=3).amount) == (30000, 15000)


def test_each_line_comes_back_by_its_own_rule_and_goods_by_the_start_they_came_with(shop: Shop) -> None:
    policy(shop, "Never", of=shop.product_id)
    policy(shop, "Fee", (24, 100), of=shop.goods_id, fee=Decimal(1000))
    order = bought(shop, tea=2)

    assert [(line.line.kind, line.back.amount, line.back.fee) for line in quote(shop, order).lines] == [
        ("booking", 0, 0),
        ("goods", 11000, 1000),
    ]
    assert (quote(shop, order).amount, quote(shop, order).fee) == (11000, 1000)
    assert quote(shop, order, before=23).amount == 0


def test_a_request_stores_the_fee_and_the_saga_sends_what_was_shown(shop: Shop) -> None:
    policy(shop, "Fee", (0, 100), of=shop.product_id, fee_percent=10)
    order = bought(shop)

    refund = shop.refund(order)

    assert (refund.amount, refund.fee, refund.accrual) == (27000, 3000, 270)
    assert shop.sql("SELECT amount, fee FROM refund_lines")[0] == (27000, 3000)
    assert shop.drive("refund", str(refund.id)) == "done"
    assert shop.sent_back(order) == 27000
    done = shop.get(order)
    assert (done.state, done.refunded, done.points_accrued) == ("refunded", 27000, 30)


def test_the_same_request_twice_at_once_is_one_refund_though_it_is_approved_meanwhile(shop: Shop) -> None:
    order = bought(shop)

    def ask(tx: Tx) -> refunds.Refund:
        given: Any = {"by": shop.account_id, "reason": "ill", "now": clock.now()}
        return refunds.request(tx, orders.get_order(tx, order.id), **given, idempotency_key="k")

    def again() -> UUID:
        with transaction(shop.engine) as tx:
            return ask(tx).id

    with ThreadPoolExecutor(1) as pool:
        with transaction(shop.engine) as tx:
            first = ask(tx)
            second = pool.submit(again)
            wait_for(lambda: standing(shop.engine), 20, "it does not wait for the first")
            refunds.approve(tx, first.id, by=shop.account_id, now=clock.now())
        assert second.result(10) == first.id


def test_nothing_back_is_a_refund_that_calls_nobody(shop: Shop) -> None:
    policy(shop, "Never", of=shop.product_id)
    order = bought(shop)

    refund = shop.refund(order)

    assert (refund.amount, refund.points, refund.accrual) == (0, 0, 0)
    assert shop.drive("refund", str(refund.id)) == "done"
    assert shop.refunded(refund).state == "settled"
    assert (shop.sent_back(order), shop.places()) == (0, ["CANCELLED"])


@pytest.mark.parametrize(("before", "amount"), [(168, 30000), (167.9, 12000), (72, 12000), (71.9, 0)])
def test_the_tier_of_the_time_left_counts(shop: Shop, before: float, amount: int) -> None:
    policy(shop, "Strict", (168, 100), (72, 40), of=shop.product_id)

    assert quote(shop, bought(shop), before=before).amount == amount
