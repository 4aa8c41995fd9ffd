"""Moving onto a time that overlaps the booking's own, and for which others race."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.domains import reservations
from portal.kernel import clock
from portal.kernel.db import transaction
from tests import factories
from tests.support.till import Shop
from tests.workers.sagas.moves.books import adds_up, as_it_was, by_the_hour

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
