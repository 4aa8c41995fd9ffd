"""Moving a paid booking: the difference charged or given back, both times swapped, or everything as it was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from portal.domains import moving, orders, payments, refunds, reservations
from portal.domains.payments.gateways import Repayment
from portal.kernel import clock, sagas
from portal.kernel.db import transaction
from portal.kernel.errors import Invalid, KeyReused
from tests import factories
from tests.support.till import Shop

FAULTS = ["timeout_after", "cut_after", "error_after", "cut_before", "error_before", "down"]


def adds_up(shop: Shop, order: orders.Order) -> orders.Order:
    """The order as it is now: its sums are those of its lines, and what the payments keep is what it was charged."""
    now = shop.get(order)
    assert now.total == sum(line.amount for line in now.lines) == now.charge + now.points_used
    assert now.charge == sum(line.charge_share for line in now.lines)
    paid = shop.sql("SELECT sum(amount - refunding - refunded) AS left FROM payments WHERE state = 'paid'")[0].left or 0
    assert paid == now.charge - now.refunded
    assert sum(shop.charged(now)) - shop.sent_back(now) == paid
    return now


def as_it_was(shop: Shop, order: orders.Order, before: orders.Order) -> None:
    after = adds_up(shop, order)
    assert (after.state, after.total, after.charge) == (before.state, before.total, before.charge)
    assert [(line.state, line.hold_id, line.amount) for line in after.lines] == [
        (line.state, line.hold_id, line.amount) for line in before.lines
    ]
    assert shop.booked() == [(10, 11)]


def test_a_move_at_the_same_price_calls_nobody_and_swaps_the_places(shop: Shop) -> None:
    order = shop.bought()
    move = shop.move(order, 14, card="")

    assert shop.drive("move", move.number) == "done"

    assert shop.booked() == [(14, 15)]
    after = adds_up(shop, order)
    assert (after.total, after.charge, after.points_accrued) == (42000, 40000, 400)
    assert shop.moved(move).state == "moved"
    assert shop.charged(order) == [40000]
    assert shop.mails() == ["order_confirmed", "booking_moved"]
    shop.take_the_place(10)  # the old time is anybody's


def test_a_dearer_time_is_charged_the_difference_and_earns_points(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    move = shop.move(order)

    assert (move.charge, move.amount, move.points) == (15000, 0, 0)
    assert shop.drive("move", move.number) == "done"

    after = adds_up(shop, order)
    assert (after.total, after.charge, after.points_used, after.points_accrued) == (57000, 55000, 2000, 550)
    assert shop.charged(order) == [40000, 15000]
    assert shop.balance().balance == 5000 - 2000 + 550
    assert shop.booked() == [(12, 13)]


def test_a_cheaper_time_gives_the_difference_back_to_the_card(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(20000)
    move = shop.move(order, card="")

    assert (move.charge, move.amount, move.points) == (0, 10000, 0)
    assert shop.drive("move", move.number) == "done"

    after = adds_up(shop, order)
    assert (after.total, after.charge, after.points_accrued, after.refunded) == (32000, 30000, 300, 0)
    assert (shop.charged(order), shop.sent_back(order)) == ([40000], 10000)
    assert shop.balance().balance == 5000 - 2000 + 300
    with transaction(shop.engine) as tx:
        (back,) = refunds.refunds_of(tx, order.id)
    assert (back.id, back.state, back.amount) == (move.refund_id, "settled", 10000)


def test_what_the_card_did_not_pay_comes_back_as_points(shop: Shop) -> None:
    shop.costs(5000)
    order = shop.bought(points=4000, tea=0)
    shop.costs(2000)
    move = shop.move(order, card="")

    assert (move.amount, move.points) == (1000, 2000)
    assert shop.drive("move", move.number) == "done"

    after = adds_up(shop, order)
    assert (after.total, after.charge, after.points_used, after.points_accrued) == (2000, 0, 2000, 0)
    assert shop.balance().balance == 3000
    assert shop.sql("SELECT sum(remaining) AS lots FROM points_lots")[0].lots == 3000


def test_a_declined_card_leaves_the_booking_as_it_was_and_the_new_time_free(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    move = shop.move(order, card="pm_card_chargeDeclined")

    assert shop.drive("move", move.number) == "compensated"

    as_it_was(shop, order, order)
    assert (shop.moved(move).state, shop.moved(move).refusal) == ("cancelled", "card-declined")
    assert shop.mails() == ["order_confirmed"], "they look at the page, which says so"
    shop.take_the_place(12)
    again = shop.move(order, 15)
    assert again.number == f"{order.number}-M2"
    assert shop.drive("move", again.number) == "done"
    assert shop.charged(order) == [40000, 15000]


@pytest.mark.parametrize("on", ["create", "confirm"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_difference_without_an_answer_is_asked_for_and_charged_once(shop: Shop, on: str, fault: str) -> None:
    order = shop.bought()
    shop.costs(45000)
    shop.provider.fault(on, fault, times=1, seconds=2)
    move = shop.move(order)

    assert shop.drive("move", move.number) == "done"
    assert shop.charged(order) == [40000, 15000]
    adds_up(shop, order)


def test_while_the_provider_is_silent_both_times_are_kept(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    shop.provider.fault("confirm", "cut_after")
    shop.provider.fault("retrieve", "error_before", times=50)
    move = shop.move(order)

    assert shop.drive("move", move.number, visits=3) == "unknown"
    for hour in (10, 12):
        with pytest.raises(reservations.SlotTaken):
            shop.take_the_place(hour)

    shop.provider.clear_faults()
    assert shop.drive("move", move.number) == "done"
    assert shop.charged(order) == [40000, 15000]
    assert shop.booked() == [(12, 13)]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_difference_that_goes_back_without_an_answer_goes_back_once(shop: Shop, fault: str) -> None:
    order = shop.bought()
    shop.costs(20000)
    shop.provider.fault("refund", fault, times=1, seconds=2)
    move = shop.move(order, card="")

    assert shop.drive("move", move.number) == "done"
    assert shop.sent_back(order) == 10000
    adds_up(shop, order)


def test_a_provider_that_gives_nothing_back_keeps_nobody_from_the_new_time(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(20000)
    ref = shop.sql("SELECT provider_ref FROM payments")[0].provider_ref
    payments.current().repay(ref, amount=Decimal(40000), currency="KRW", key=f"by hand {ref}")
    move = shop.move(order, card="")

    assert shop.drive("move", move.number) == "parked", "a no of the provider is no way back any more"
    assert shop.booked() == [(12, 13)]
    assert shop.mails() == ["order_confirmed", "booking_moved"]


def test_a_difference_that_its_bank_returns_waits_in_sight_and_is_sent_again(shop: Shop) -> None:
    shop.provider.set(pending_refund_ms=0)
    order = shop.bought(card="pm_card_refundFail")
    shop.costs(20000)
    move = shop.move(order, card="")
    assert shop.drive("move", move.number) == "done"
    shop.nothing_pending_there()
    assert shop.bank_says("failed")

    with transaction(shop.engine) as tx:
        (waits,) = refunds.returned(tx, order.id)
        assert (waits.refund_id, waits.amount) == (move.refund_id, 10000)
        refunds.send_again(tx, move.refund_id)
    assert shop.drive("repayment", f"{move.refund_id}:2") == "done"


def test_a_customer_who_confirms_at_the_bank_is_moved(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    move = shop.move(order, card="pm_card_threeDSecure2Required")
    assert shop.drive("move", move.number) == "waiting"
    waiting = shop.moved(move)
    assert waiting.action_url
    assert waiting.pay_by
    assert shop.get(order).state == "completed", "the booking stands meanwhile"

    decide(waiting.action_url, "confirm")
    with transaction(shop.engine) as tx:
        assert payments.come_back(tx, order, {"payment_intent": "x"}, move_number=move.number)
    assert shop.drive("move", move.number) == "done"
    assert shop.moved(move).action_url is None
    assert shop.charged(order) == [40000, 15000]


def test_a_customer_who_never_confirms_stays_and_hears_of_it(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    move = shop.move(order, card="pm_card_threeDSecure2Required", house=moving.House(pay_within=0))
    assert shop.drive("move", move.number) == "waiting"

    assert shop.drive("move", move.number) == "compensated"
    as_it_was(shop, order, order)
    assert shop.mails() == ["order_confirmed", "move_given_up"]


def test_a_move_that_nobody_worked_on_for_long_charges_nothing_any_more(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    move = shop.move(order)
    shop.sql("UPDATE sagas SET deadline_at = now() - interval '1 minute' WHERE kind = 'move'")

    assert shop.drive("move", move.number) == "compensated"
    as_it_was(shop, order, order)
    assert shop.moved(move).refusal == "too-late"


# A time that overlaps the booking's own.

OVERLAPS = [
    pytest.param(10.5, 1, id="later by half"),
    pytest.param(9.5, 1, id="earlier by half"),
    pytest.param(9.5, 2, id="longer on both sides"),
    pytest.param(10, 2, id="longer"),
    pytest.param(10.5, 0.5, id="shorter"),
    pytest.param(10, 0.5, id="shorter, from the same start"),
]


@pytest.mark.parametrize(("hour", "length"), OVERLAPS)
def test_a_move_onto_its_own_time_is_the_new_time_and_nothing_else(shop: Shop, hour: float, length: float) -> None:
    shop.free_length()
    order = by_the_hour(shop)
    move = shop.move(order, hour, length)

    between = min(hour, 10), max(hour + length, 11)
    for taken in between[0], between[1] - 0.5:
        with pytest.raises(reservations.SlotTaken):
            half_an_hour(shop, taken)
    assert shop.drive("move", move.number) == "done"

    assert shop.booked() == [(hour, hour + length)]
    assert adds_up(shop, order).total == 30000 * Decimal(length)
    rows = shop.sql("SELECT status, during FROM reservations WHERE hold_id = :to", to=move.to_hold_id)
    assert [row.status for row in rows] == ["CONFIRMED"]
    for free in {9.5, 10, 10.5, 11} - {hour + n / 2 for n in range(int(length * 2))}:
        half_an_hour(shop, free)


@pytest.mark.parametrize(("hour", "length"), OVERLAPS)
def test_a_refused_move_onto_its_own_time_leaves_that_time_alone(shop: Shop, hour: float, length: float) -> None:
    shop.free_length()
    order = by_the_hour(shop)
    shop.costs(90000)
    move = shop.move(order, hour, length, card="pm_card_chargeDeclined")

    assert shop.drive("move", move.number) == "compensated"
    assert shop.booked() == [(10, 11)]
    for free in 9.5, 11:
        half_an_hour(shop, free)


def test_nobody_gets_between_the_old_and_the_new_of_an_overlap(shop: Shop) -> None:
    shop.free_length()
    order = by_the_hour(shop)
    move = shop.move(order, 10.5, 1)
    saga = shop.progress("move", move.number).id

    def race(hour: float) -> object:
        try:
            return half_an_hour(shop, hour).id
        except (reservations.SlotTaken, reservations.SlotBusy):
            return None

    with ThreadPoolExecutor(9) as pool:
        racers = [pool.submit(race, hour) for hour in (10, 10.5, 11) * 2]
        moved = pool.submit(shop.driver.visit, saga)
        more = [pool.submit(race, hour) for hour in (10, 10.5, 11) * 2]
        assert moved.result() == "done"
        got = [racer.result() for racer in racers + more]

    assert shop.booked() == [(10.5, 11.5)]
    assert len([one for one in got if one]) <= 1, "at most the half hour that was let go of"


def test_of_two_customers_and_a_mover_one_has_the_last_place(shop: Shop) -> None:
    order = shop.bought(tea=0)

    def customer(_n: int) -> object:
        try:
            shop.take_the_place(12)
        except (reservations.SlotTaken, reservations.SlotBusy):
            return None
        return "customer"

    def mover(_n: int) -> object:
        try:
            return shop.move(order, 12, card="").number
        except (reservations.SlotTaken, reservations.SlotBusy):
            return None

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(customer, 1), pool.submit(mover, 2), pool.submit(customer, 3)]
        got = [one.result() for one in asked if one.result()]
    assert len(got) == 1
    if got[0] == "customer":
        as_it_was(shop, order, order)
    else:
        assert shop.drive("move", str(got[0])) == "done"
        assert shop.booked() == [(12, 13)]


def test_with_several_units_a_booking_keeps_its_own(shop: Shop) -> None:
    shop.sql("UPDATE resources SET units = 2")
    shop.sql("INSERT INTO resource_units (resource_id, unit) SELECT id, 2 FROM resources ON CONFLICT DO NOTHING")
    shop.free_length()
    half_an_hour(shop, 10)  # somebody has unit 1
    order = by_the_hour(shop)
    move = shop.move(order, 10.5, 1)

    assert shop.drive("move", move.number) == "done"
    rows = shop.sql("SELECT unit FROM reservations WHERE hold_id = :to", to=move.to_hold_id)
    assert [row.unit for row in rows] == [2]


def test_where_its_own_unit_is_taken_later_it_goes_to_another(shop: Shop) -> None:
    shop.sql("UPDATE resources SET units = 2")
    shop.sql("INSERT INTO resource_units (resource_id, unit) SELECT id, 2 FROM resources ON CONFLICT DO NOTHING")
    shop.free_length()
    order = by_the_hour(shop)
    half_an_hour(shop, 11)  # the same unit, just behind it
    move = shop.move(order, 10.5, 1)

    assert shop.drive("move", move.number) == "done"
    rows = shop.sql("SELECT unit, status FROM reservations WHERE hold_id = :to", to=move.to_hold_id)
    assert [(row.unit, row.status) for row in rows] == [(2, "CONFIRMED")]
    assert shop.booked() == [(10.5, 11.5)]


# Who may move what, and when.


def test_the_same_key_is_the_same_move_and_another_request_with_it_is_refused(shop: Shop) -> None:
    order = shop.bought()
    first = shop.move(order, idempotency_key="k")
    assert shop.move(order, idempotency_key="k").id == first.id
    with pytest.raises(KeyReused):
        shop.move(order, 15, idempotency_key="k")
    assert shop.drive("move", first.number) == "done"
    assert shop.move(order, idempotency_key="k").state == "moved"
    assert shop.booked() == [(12, 13)]


def test_ten_at_once_under_one_key_are_one_move(shop: Shop) -> None:
    order = shop.bought()
    with ThreadPoolExecutor(10) as pool:
        numbers = set(pool.map(lambda _n: shop.move(order, idempotency_key="double click").number, range(10)))
    assert len(numbers) == 1


def test_while_it_moves_it_is_neither_moved_again_nor_given_back(shop: Shop) -> None:
    order = shop.bought()
    shop.move(order)
    with pytest.raises(moving.UnderWay):
        shop.move(order, 15)
    with pytest.raises(refunds.NotRefundable):
        shop.refund(order)


def test_while_a_refund_is_open_nothing_moves(shop: Shop) -> None:
    order = shop.bought()
    with transaction(shop.engine) as tx:
        refunds.request(tx, shop.get(order), by=shop.account_id, reason="ill", now=clock.now())
    with pytest.raises(moving.UnderWay):
        shop.move(order)


def test_of_a_move_and_a_refund_at_once_one_begins(shop: Shop) -> None:
    order = shop.bought(tea=0)

    def refund() -> str:
        try:
            with transaction(shop.engine) as tx:
                refunds.request(tx, orders.get_order(tx, order.id), by=shop.account_id, reason="ill", now=clock.now())
        except refunds.NotRefundable:
            return ""
        return "refund"

    def move() -> str:
        try:
            shop.move(order)
        except moving.UnderWay:
            return ""
        return "move"

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(refund), pool.submit(move)]
        assert len([one.result() for one in both if one.result()]) == 1


@pytest.mark.parametrize(("before", "hours", "may"), [(25, None, True), (23, None, False), (3, 2, True), (1, 2, False)])
def test_a_customer_moves_as_long_as_the_rule_says(shop: Shop, before: int, hours: int | None, may: bool) -> None:
    order = shop.bought()
    now = shop.start + timedelta(hours=10 - before)
    house = moving.House(hours=hours)
    if may:
        assert shop.move(order, 30, now=now, house=house).state == "requested"
    else:
        with pytest.raises(moving.NotMovable):
            shop.move(order, 30, now=now, house=house)


def test_staff_move_it_later_too_for_a_reason_and_never_for_more_money(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    now = shop.start + timedelta(hours=9)
    house = moving.House(by_staff=True)
    with pytest.raises(Invalid):
        shop.move(order, 14, now=now, house=house, card="")
    move = shop.move(order, 14, now=now, house=house, card="", reason="The room is being mended.")

    assert (move.charge, move.after) == (0, 30000)
    assert shop.drive("move", move.number) == "done"
    assert adds_up(shop, order).total == 42000
    said = shop.sql("SELECT details FROM audit_entries WHERE action = 'booking.moving'")[0].details
    assert said["reason"] == "The room is being mended."


def test_a_difference_that_was_not_shown_is_not_charged(shop: Shop) -> None:
    order = shop.bought()
    with transaction(shop.engine) as tx:
        line = order.lines[0]
        shown = moving.quote(tx, order, line.id, shop.wish(12), house=moving.House(), now=clock.now()).shown
    shop.costs(45000)
    with pytest.raises(moving.DifferenceChanged):
        shop.move(order, shown=shown)
    as_it_was(shop, order, order)
    shop.take_the_place(12)


def test_without_a_card_nothing_dearer_begins(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    with pytest.raises(Invalid) as said:
        shop.move(order, card="")
    assert set(said.value.faults) == {"payment"}


def test_to_where_it_is_already_nothing_moves(shop: Shop) -> None:
    with pytest.raises(moving.SameTime):
        shop.move(shop.bought(), 10)


# What comes after it.


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


def half_an_hour(shop: Shop, hour: float) -> Any:
    """Somebody else holds it."""
    with transaction(shop.engine) as tx:
        start = shop.start + timedelta(hours=hour)
        return reservations.hold(
            tx,
            account_id=factories.account(tx).id,
            product_id=shop.product_id,
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
            now=clock.now(),
            minutes=15,
        )


def by_the_hour(shop: Shop) -> orders.Order:
    """From ten to eleven, paid, where the length is free."""
    with transaction(shop.engine) as tx:
        start = shop.start + timedelta(hours=10)
        hold = reservations.hold(
            tx,
            account_id=shop.account_id,
            product_id=shop.product_id,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            now=clock.now(),
            minutes=15,
        )
        order = orders.accept(tx, account_id=shop.account_id, hold_ids=[hold.id], token="pm_card_visa", now=clock.now())
    assert shop.drive("payment", order.number) == "done"
    return shop.get(order)


def decide(url: str, decision: str) -> None:
    answer = requests.post(url, data={"decision": decision}, timeout=5, allow_redirects=False)
    assert answer.status_code < 400, answer.text


def test_the_engine_knows_the_process(shop: Shop) -> None:
    order = shop.bought()
    move = shop.move(order, card="")
    with transaction(shop.engine) as tx:
        progress = sagas.engine().progress(tx, "move", move.number)
    assert progress
    assert len(progress.steps) == 7
