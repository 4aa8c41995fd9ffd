"""Moving a booking of several parts, a person and a room: one of each goes along, or everything stays."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domains import orders, reservations, resources
from portal.kernel import clock
from portal.kernel.db import transaction
from tests import factories
from tests.support.till import Shop
from tests.workers.sagas.moves.books import adds_up

Places = list[tuple[str, float, float]]


@pytest.fixture
def salon(shop: Shop) -> Iterator[Shop]:
    """A massage by Kim or Lee, in one of two rooms."""
    shop.sql("UPDATE resources SET name = 'Kim'")
    with transaction(shop.engine) as tx:
        lee, *rooms = [factories.resource(tx, name=name).id for name in ("Lee", "Room 1", "Room 2")]
        factories.also(tx, shop.product_id, [lee], rooms, choosable=True)
    return shop


def confirmed(shop: Shop) -> Places:
    return of(shop, "status = 'CONFIRMED'")


def of(shop: Shop, which: str) -> Places:
    """What is taken, by the names of who and where, from which hour to which."""
    rows = shop.sql(
        "SELECT name, lower(during), upper(during) FROM reservations JOIN resources ON resources.id = resource_id"
        f" WHERE {which} ORDER BY name, 2"
    )
    hour = timedelta(hours=1)
    return [(name, (begins - shop.start) / hour, (ends - shop.start) / hour) for name, begins, ends in rows]


def somebody_else(shop: Shop, hour: float, *served_by: str) -> Any:
    """Holds half an hour, with these if they are named."""
    ids: list[UUID] = [row.id for row in shop.sql("SELECT id FROM resources WHERE name = ANY(:n)", n=list(served_by))]
    with transaction(shop.engine) as tx:
        start = shop.start + timedelta(hours=hour)
        return reservations.hold(
            tx,
            account_id=factories.account(tx).id,
            product_id=shop.product_id,
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
            served_by=ids,
            now=clock.now(),
            minutes=15,
        )


def take(shop: Shop, name: str, hour: int) -> None:
    """Something else that is offered on this resource takes it for an hour."""
    with transaction(shop.engine) as tx:
        found = tx.scalars(select(resources.Resource).where(resources.Resource.name == name)).one()
        other, who = factories.bookable(tx, on=found).product, factories.account(tx)
        start = shop.start + timedelta(hours=hour)
        reservations.hold(tx, account_id=who.id, product_id=other.id, starts_at=start, now=clock.now(), minutes=15)


def bought(shop: Shop) -> orders.Order:
    """From ten to eleven, by Kim in Room 1; the length is free."""
    shop.free_length()
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
    assert confirmed(shop) == [("Kim", 10, 11), ("Room 1", 10, 11)]
    return shop.get(order)


def served_by(shop: Shop, hold_id: UUID) -> str:
    return str(shop.sql("SELECT served_by FROM holds WHERE id = :id", id=hold_id)[0].served_by)


def test_person_and_room_go_along_to_the_new_time(salon: Shop) -> None:
    order = bought(salon)
    move = salon.move(order, 14, 1, card="")

    assert salon.drive("move", move.number) == "done"

    assert confirmed(salon) == [("Kim", 14, 15), ("Room 1", 14, 15)]
    assert served_by(salon, move.to_hold_id) == served_by(salon, move.from_hold_id) == "Kim, Room 1"
    adds_up(salon, order)
    assert somebody_else(salon, 10, "Kim", "Room 1"), "the old time of both is anybody's"


@pytest.mark.parametrize(("hour", "length"), [(10.5, 1), (9.5, 1), (9.5, 2), (10.5, 0.5)])
def test_onto_its_own_time_each_part_has_the_new_time_and_nothing_else(salon: Shop, hour: float, length: float) -> None:
    order = bought(salon)
    move = salon.move(order, hour, length)

    for taken in min(hour, 10), max(hour + length, 11) - 0.5:  # both times are kept while it moves
        for one in "Kim", "Room 1":
            with pytest.raises(reservations.SlotTaken):
                somebody_else(salon, taken, one)
    assert salon.drive("move", move.number) == "done"

    assert confirmed(salon) == [("Kim", hour, hour + length), ("Room 1", hour, hour + length)]
    left = of(salon, f"hold_id = '{move.to_hold_id}' AND status <> 'CANCELLED'")
    assert left == confirmed(salon), "a row for each part"
    adds_up(salon, order)


def test_where_the_person_is_busy_then_another_serves_in_the_same_room(salon: Shop) -> None:
    order = bought(salon)
    assert somebody_else(salon, 11, "Kim", "Room 2")
    move = salon.move(order, 10.5, 1, card="")

    assert salon.drive("move", move.number) == "done"

    assert confirmed(salon) == [("Lee", 10.5, 11.5), ("Room 1", 10.5, 11.5)]
    assert served_by(salon, move.to_hold_id) == "Lee, Room 1"
    assert somebody_else(salon, 10, "Kim")


def test_without_a_room_then_nothing_is_taken_of_the_person_either(salon: Shop) -> None:
    order = bought(salon)
    for name in "Room 1", "Room 2":
        take(salon, name, 14)
    before = of(salon, "status <> 'CANCELLED'")

    with pytest.raises(reservations.SlotTaken):
        salon.move(order, 14, 1, card="")

    assert of(salon, "status <> 'CANCELLED'") == before
    assert salon.get(order).lines[0].state == "active"
    assert salon.sql("SELECT 1 FROM moves") == []


def test_a_refused_card_leaves_both_where_they_were(salon: Shop) -> None:
    order = bought(salon)
    salon.costs(45000)
    move = salon.move(order, 10.5, 1, card="pm_card_chargeDeclined")

    assert salon.drive("move", move.number) == "compensated"

    assert confirmed(salon) == of(salon, "status <> 'CANCELLED'") == [("Kim", 10, 11), ("Room 1", 10, 11)]
    adds_up(salon, order)
    assert somebody_else(salon, 11, "Kim", "Room 1"), "what was taken for the move is free again"
