"""Moving a paid booking: the difference charged or given back, both times swapped, or everything as it was."""

from decimal import Decimal

import pytest
import requests

from portal.domains import moving, payments, refunds, reservations
from portal.kernel import sagas
from portal.kernel.db import transaction
from tests.support.till import Shop
from tests.workers.sagas.moves.books import FAULTS, adds_up, as_it_was


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
