"""A booking that moves, among those who wait for a time, and where one person has one booking of it."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import pytest

from portal.domains import moving, orders, reservations, waiting
from portal.domains.reservations import AlreadyYours, Behind, Room, SlotTaken, SlotWaitedFor
from portal.domains.waiting import Line
from portal.kernel import clock
from portal.kernel.db import Tx, transaction
from tests import factories
from tests.support.till import Shop
from tests.workers.sagas.moves.books import as_it_was, by_the_hour
from workers.lines import Looking

OFFERS = {"minutes": 30, "before": 15}


def waits(shop: Shop, hour: float, *, who: UUID | None = None, quantity: int = 1) -> waiting.Entry:
    """Somebody stands in line for the hour, which is full."""
    with transaction(shop.engine) as tx:
        account = who or factories.account(tx).id
        wish = shop.wish(hour, 1)
        times = {"starts_at": wish.starts_at, "ends_at": wish.ends_at, "now": clock.now()}
        return waiting.join(tx, account_id=account, product_id=shop.product_id, quantity=quantity, **times)


def state(shop: Shop, entry: waiting.Entry) -> str:
    return str(shop.sql("SELECT state FROM waiting_entries WHERE id = :id", id=entry.id)[0].state)


def look(shop: Shop) -> int:
    return Looking(partial(transaction, shop.engine), **OFFERS).look()


def becomes_free(shop: Shop, hour: int) -> None:
    """What somebody else holds at the hour runs out."""
    start = shop.wish(hour).starts_at
    over = "UPDATE reservations SET expires_at = clock_timestamp() WHERE order_id IS NULL AND lower(during) = :start"
    shop.sql(over, start=start)


def an_hour(shop: Shop, hour: float, who: UUID) -> reservations.Hold:
    wish = shop.wish(hour, 1)
    times = {"starts_at": wish.starts_at, "ends_at": wish.ends_at, "now": clock.now(), "minutes": 15}
    with transaction(shop.engine) as tx:
        return reservations.hold(tx, account_id=who, product_id=shop.product_id, **times)


def places(shop: Shop, count: int) -> None:
    shop.sql("UPDATE resources SET units = :count", count=count)
    new = "INSERT INTO resource_units (resource_id, unit) SELECT id, generate_series(1, units) FROM resources"
    shop.sql(f"{new} ON CONFLICT DO NOTHING")


def once_each(shop: Shop) -> None:
    shop.sql("UPDATE offerings SET once_each = true")


def test_a_free_place_that_others_wait_for_is_not_moved_onto(shop: Shop) -> None:
    order = shop.bought()
    shop.take_the_place(12)
    entry = waits(shop, 12)
    becomes_free(shop, 12)
    with pytest.raises(SlotWaitedFor) as refused:
        shop.move(order, 12, card="")
    assert refused.value.lines == ((shop.product_id, entry.starts_at),)
    as_it_was(shop, order, order)
    assert look(shop) == 1
    with pytest.raises(SlotTaken):
        shop.move(order, 12, card="")
    assert state(shop, entry) == "offered"


def test_staff_do_not_move_anybody_before_those_who_wait_either(shop: Shop) -> None:
    order = shop.bought()
    shop.take_the_place(12)
    waits(shop, 12)
    becomes_free(shop, 12)
    with pytest.raises(SlotWaitedFor):
        shop.move(order, 12, card="", house=moving.House(by_staff=True), reason="The room is being painted.")


def test_who_waits_alone_moves_there_and_does_not_wait_any_more(shop: Shop) -> None:
    order = shop.bought()
    shop.take_the_place(12)
    entry = waits(shop, 12, who=shop.account_id)
    places(shop, 3)  # one for the move, and one that might be offered to who has it by now
    assert shop.drive("move", shop.move(order, 12, card="").number) == "done"
    assert look(shop) == 0
    assert state(shop, entry) == "taken"


def test_a_larger_party_keeps_nobody_from_what_is_too_little_for_it(shop: Shop) -> None:
    places(shop, 2)
    shop.sql("UPDATE offerings SET max_quantity = 2")
    order = shop.bought()
    for _ in range(2):
        shop.take_the_place(12)
    waits(shop, 12, quantity=2)
    shop.sql("UPDATE reservations SET expires_at = now() WHERE order_id IS NULL AND unit = 1")
    assert shop.move(order, 12, card="")


def test_a_party_that_cannot_have_it_is_passed_over(shop: Shop) -> None:
    order = shop.bought()
    shop.take_the_place(12)
    entry = waits(shop, 12)
    becomes_free(shop, 12)
    behind = Behind([Room(entry.product_id, entry.starts_at, entry.ends_at, 1)])
    assert shop.move(order, 12, card="", behind=behind)


def test_a_move_onto_its_own_time_stands_behind_those_who_wait_for_the_rest_of_it(shop: Shop) -> None:
    shop.free_length()
    order = by_the_hour(shop)
    with transaction(shop.engine) as tx:
        other = factories.account(tx).id
    an_hour(shop, 11, other)
    waits(shop, 11)
    becomes_free(shop, 11)
    with pytest.raises(SlotWaitedFor):
        shop.move(order, 10.5, 1)
    as_it_was(shop, order, order)


def test_the_place_that_a_move_leaves_is_offered_once_it_has_moved(shop: Shop) -> None:
    order = shop.bought()
    entry = waits(shop, 10)
    move = shop.move(order, 14, card="")
    assert look(shop) == 0, "until then both times are its customer's"
    assert shop.drive("move", move.number) == "done"
    assert look(shop) == 1
    assert state(shop, entry) == "offered"
    with pytest.raises(SlotTaken):
        shop.take_the_place(10)


def test_the_place_of_a_move_that_came_to_nothing_is_offered(shop: Shop) -> None:
    order = shop.bought()
    shop.costs(45000)
    move = shop.move(order, 12, card="pm_card_chargeDeclined")
    entry = waits(shop, 12)
    assert look(shop) == 0
    assert shop.drive("move", move.number) == "compensated"
    assert look(shop) == 1
    assert state(shop, entry) == "offered"


def test_where_it_is_booked_once_nobody_moves_onto_a_time_they_have(shop: Shop) -> None:
    places(shop, 3)
    once_each(shop)
    first, other = shop.bought(tea=0), shop.bought(tea=0, points=0, hour=12)
    with pytest.raises(AlreadyYours):
        shop.move(first, 12, card="")
    with transaction(shop.engine) as tx:
        order, wish = orders.get_order(tx, first.id), shop.wish(12)
        with pytest.raises(AlreadyYours):
            moving.quote(tx, order, order.lines[0].id, wish, house=moving.House(), now=clock.now())
    assert {line.state for order in (first, other) for line in shop.get(order).lines} == {"active"}
    assert shop.booked() == [(10, 11), (12, 13)]
    shop.order(tea=0, points=0, hour=16)  # on its way to being paid, it counts
    with pytest.raises(AlreadyYours):
        shop.move(first, 16, card="")
    assert shop.drive("move", shop.move(first, 14, card="").number) == "done"


def test_a_booking_of_which_one_person_has_one_may_move_onto_its_own_time(shop: Shop) -> None:
    shop.free_length()
    once_each(shop)
    order = by_the_hour(shop)
    assert shop.drive("move", shop.move(order, 10.5, 1).number) == "done"
    assert shop.booked() == [(10.5, 11.5)]


def test_of_two_bookings_that_move_to_one_time_at_once_one_does(shop: Shop) -> None:
    """Also where each asks for somebody else, so that neither stands in the other's queue."""
    with transaction(shop.engine) as tx:
        others = [factories.resource(tx).id for _ in range(2)]
        factories.also(tx, shop.product_id, others, choosable=True)
    once_each(shop)
    first, other = shop.bought(tea=0), shop.bought(tea=0, points=0, hour=12)
    wishes = [moving.Wish(shop.wish(14).starts_at, None, [one]) for one in others]

    def go(tx: Tx, order: orders.Order, wish: moving.Wish) -> moving.Move:
        fresh = orders.get_order(tx, order.id)
        given = {"by": shop.account_id, "house": moving.House(), "now": clock.now()}
        return moving.request(tx, fresh, fresh.lines[0].id, wish, **given)

    def second() -> None:
        with transaction(shop.engine) as tx:
            go(tx, other, wishes[1])

    with ThreadPoolExecutor(1) as pool:
        with transaction(shop.engine) as tx:
            moved = go(tx, first, wishes[0])
            later = pool.submit(second)
            time.sleep(0.5)
            assert not later.done(), "it waits for what becomes of the first"
        with pytest.raises(AlreadyYours):
            later.result()
    assert shop.drive("move", moved.number) == "done"


def test_the_place_itself_is_not_taken_for_who_has_that_time(shop: Shop) -> None:
    places(shop, 3)
    once_each(shop)
    order = shop.bought(tea=0)
    shop.bought(tea=0, points=0, hour=12)
    with transaction(shop.engine) as tx:
        (own,) = reservations.holds(tx, [line.hold_id for line in orders.get_order(tx, order.id).lines if line.hold_id])
        wish = {"starts_at": shop.wish(12).starts_at, "ends_at": shop.wish(12, 1).ends_at, "now": clock.now()}
        with pytest.raises(AlreadyYours):
            reservations.take_other(tx, own, order_id=order.id, key="a move", **wish)


def test_a_line_that_is_looked_after_says_who_could_not_have_it(shop: Shop) -> None:
    shop.bought()
    entry = waits(shop, 10)
    passed: list[Room] = []
    with transaction(shop.engine) as tx:
        line = Line(shop.product_id, entry.starts_at)
        assert waiting.offer_next(tx, line, now=clock.now(), passed=passed, **OFFERS) is None
    assert passed == [Room(shop.product_id, entry.starts_at, entry.ends_at, 1)]
