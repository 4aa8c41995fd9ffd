"""What comes after a move: its calendar entry, refunds from several charges, another move."""

from decimal import Decimal

import pytest

from portal.domains import orders, payments, refunds
from portal.domains.payments.gateways import Repayment
from portal.kernel.db import transaction
from tests.support.till import Shop
from tests.workers.sagas.moves.books import FAULTS, adds_up


def test_a_moved_booking_keeps_its_calendar_entry_until_it_is_given_back(shop: Shop) -> None:
    order = shop.bought(tea=0)
    for hour in (12, 14):
        move = shop.move(order, hour, card="")
        assert shop.drive("move", move.number) == "done"
    assert shop.drive("refund", str(shop.refund(order).id)) == "done"

    told = [row.data["events"][0] for row in shop.sql("SELECT data FROM mails ORDER BY created_at")]
    assert len({event["uid"] for event in told}) == 1
    assert [event["sequence"] for event in told] == [0, 1, 2, 3]
    assert [event["status"] for event in told] == ["CONFIRMED"] * 3 + ["CANCELLED"]


def dearer_twice(shop: Shop) -> orders.Order:
    """Paid in three charges: 30,000, 10,000 and 5,000."""
    order = shop.bought(points=0, tea=0)
    for price, hour in ((40000, 12), (45000, 14)):
        shop.costs(price)
        assert shop.drive("move", shop.move(order, hour).number) == "done"
    assert shop.charged(order) == [30000, 10000, 5000]
    return shop.get(order)


def remainders(shop: Shop) -> list[str]:
    return [row.key for row in shop.sql("SELECT key FROM sagas WHERE kind = 'remainder' ORDER BY begun_at, key")]


def test_a_moved_booking_that_is_given_back_gives_back_every_charge(shop: Shop) -> None:
    order = dearer_twice(shop)
    refund = shop.refund(order)
    assert refund.amount == 45000

    assert shop.drive("refund", str(refund.id)) == "done"
    rest = remainders(shop)
    assert len(rest) == 2
    assert [shop.drive("remainder", key) for key in rest] == ["done", "done"]

    done = shop.get(order)
    assert (done.state, done.refunded, done.points_accrued) == ("refunded", 45000, 0)
    assert shop.sent_back(order) == 45000
    assert [tuple(row) for row in shop.sql("SELECT refunding, refunded = amount FROM payments")] == [(0, True)] * 3
    assert shop.balance().balance == 5000
    assert [row.state for row in shop.sql("SELECT state FROM refunds WHERE part_of IS NOT NULL")] == ["settled"] * 2


def test_a_refund_from_several_charges_that_is_refused_leaves_all_of_them(shop: Shop) -> None:
    order = dearer_twice(shop)
    ref = shop.sql("SELECT provider_ref FROM payments ORDER BY amount DESC")[0].provider_ref
    payments.current().repay(ref, amount=Decimal(30000), currency="KRW", key=f"by hand {ref}")
    refund = shop.refund(order)

    assert shop.drive("refund", str(refund.id)) == "compensated"
    assert {tuple(row) for row in shop.sql("SELECT refunding, refunded FROM payments")} == {(0, 0)}
    assert remainders(shop) == []
    assert {row.state for row in shop.sql("SELECT state FROM refunds")} == {"cancelled"}
    assert shop.get(order).state == "completed"


@pytest.mark.parametrize("fault", FAULTS)
def test_the_rest_of_a_refund_goes_back_once_whatever_becomes_of_the_answer(shop: Shop, fault: str) -> None:
    order = dearer_twice(shop)
    refund = shop.refund(order)
    assert shop.drive("refund", str(refund.id)) == "done"
    shop.provider.fault("refund", fault, times=1, seconds=2)
    assert [shop.drive("remainder", key) for key in remainders(shop)] == ["done", "done"]
    assert shop.sent_back(order) == 45000


def test_a_part_that_its_bank_returns_waits_for_somebody_and_is_sent_again_from_its_own_charge(shop: Shop) -> None:
    order = dearer_twice(shop)
    refund = shop.refund(order)
    assert shop.drive("refund", str(refund.id)) == "done"
    first, second = remainders(shop)
    assert [shop.drive("remainder", key) for key in (first, second)] == ["done", "done"]
    attempts = "refunds r JOIN payment_attempts a ON a.key = r.attempt_key"
    part = shop.sql(f"SELECT a.provider_ref, r.amount FROM {attempts} WHERE r.id::text = :id", id=first)[0]
    with transaction(shop.engine) as tx:
        assert refunds.settled(tx, Repayment(part.provider_ref, "failed", "account_closed"))
        (waits,) = refunds.returned(tx, order.id)
    assert (str(waits.refund_id), waits.of, waits.amount) == (first, refund.id, part.amount)


def test_a_later_cheaper_move_gives_back_from_what_is_left(shop: Shop) -> None:
    order = dearer_twice(shop)
    shop.costs(12000)
    move = shop.move(order, 16, card="")
    assert move.amount == 33000

    assert shop.drive("move", move.number) == "done"
    assert [shop.drive("remainder", key) for key in remainders(shop)] == ["done"]
    assert shop.sent_back(order) == 33000
    assert adds_up(shop, order).charge == 12000


def test_the_line_that_moved_and_the_goods_are_given_back_each_for_what_it_cost(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    assert shop.drive("move", shop.move(order).number) == "done"
    moved, tea = shop.get(order).lines
    for line in (tea, moved):
        refund = shop.refund(order, [line.id])
        assert shop.drive("refund", str(refund.id)) == "done"
        assert [shop.drive("remainder", key) for key in remainders(shop)] in ([], ["done"])
    done = shop.get(order)
    assert (done.state, done.refunded, done.points_returned, done.points_accrued) == ("refunded", 55000, 2000, 0)
    assert shop.sent_back(order) == 55000
    assert shop.balance().available == 5000
