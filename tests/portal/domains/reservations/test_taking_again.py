"""An order takes the places again that it had given back: the very ones, all or none, if nobody has them."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text

from portal.domains import reservations
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Refusal
from tests.portal.domains.reservations.racing import HALVES, OVERLAPS
from tests.portal.domains.reservations.scene import MORNING, NOW, Scene, let_time_pass, scene, units


@pytest.fixture
def room(tx: Tx) -> Scene:
    return scene(tx, units=1)


@pytest.fixture
def kayaks(tx: Tx) -> Scene:
    return scene(tx, units=4)


def given_back(tx: Tx, place: Scene, *, released: bool = True, **asked: object) -> tuple[UUID, reservations.Hold]:
    """An order that had a hold and lost it."""
    hold, order_id = place.hold(tx, **asked), uuid4()
    reservations.bind(tx, account_id=hold.account_id, hold_ids=[hold.id], order_id=order_id)
    reservations.unbind(tx, order_id, at_least=timedelta(minutes=5))
    if released:
        reservations.release(tx, account_id=hold.account_id, hold_id=hold.id)
    return order_id, hold


def again(tx: Tx, order_id: UUID, *holds: reservations.Hold, now: object = NOW) -> list[reservations.Hold]:
    ids = [hold.id for hold in holds]
    account_id = holds[0].account_id
    taken = reservations.take_again(tx, account_id=account_id, order_id=order_id, hold_ids=ids, now=now)  # type: ignore[arg-type]  # a moment
    found = {hold.id: hold for hold in reservations.holds(tx, list(taken.values()))}
    return [found[taken[hold.id]] for hold in holds]


def test_a_free_time_is_the_orders_again_at_the_old_price_by_a_hold_of_its_own(tx: Tx, kayaks: Scene) -> None:
    order_id, lost = given_back(tx, kayaks, quantity=2)
    (hold,) = again(tx, order_id, lost)

    assert hold.id != lost.id
    assert (hold.starts_at, hold.ends_at, hold.quantity, hold.amount) == (lost.starts_at, lost.ends_at, 2, lost.amount)
    assert (hold.order_id, hold.state_at(NOW), len(units(hold))) == (order_id, "ordered", 2)
    assert reservations.holds(tx, [lost.id])[0].state_at(NOW) == "ended", "what is over stays as it was"
    assert reservations.confirm(tx, order_id) != []


def test_what_its_customer_still_holds_is_taken_as_it_is(tx: Tx, room: Scene) -> None:
    order_id, lost = given_back(tx, room, released=False)
    assert [hold.id for hold in again(tx, order_id, lost)] == [lost.id]
    assert reservations.holds_of(tx, room.accounts[0], NOW) == []


def test_what_its_customer_chose_anew_is_taken_too(tx: Tx, room: Scene) -> None:
    order_id, lost = given_back(tx, room)
    chosen = room.hold(tx)
    assert [hold.id for hold in again(tx, order_id, lost)] == [chosen.id]


def test_a_hold_that_has_run_out_is_in_nobodys_way(tx: Tx, room: Scene) -> None:
    order_id, lost = given_back(tx, room, released=False)
    let_time_pass(tx, lost)
    (hold,) = again(tx, order_id, lost)
    assert hold.id != lost.id


def test_somebody_elses_hold_is(tx: Tx, room: Scene) -> None:
    order_id, lost = given_back(tx, room)
    room.hold(tx, who=1)
    refused(tx, reservations.SlotTaken, order_id, lost)


def test_of_two_times_of_which_one_is_taken_none_is_taken(tx: Tx, room: Scene) -> None:
    order_id, first = given_back(tx, room, released=False)
    _, second = given_back(tx, room, hour=1)
    room.hold(tx, who=1, hour=1)
    refused(tx, reservations.SlotTaken, order_id, first, second)
    assert [hold.id for hold in reservations.holds_of(tx, room.accounts[0], NOW)] == [first.id], "still in the basket"


def test_two_lines_of_one_time_never_share_a_hold(tx: Tx, kayaks: Scene) -> None:
    order_id, first = given_back(tx, kayaks, idempotency_key="a")
    _, second = given_back(tx, kayaks, idempotency_key="b")
    chosen = kayaks.hold(tx)
    taken = again(tx, order_id, first, second)
    assert {hold.id for hold in taken} >= {chosen.id}
    assert len({hold.id for hold in taken}) == 2


@pytest.mark.parametrize("ordered", [True, False], ids=["in another order", "in another number"])
def test_who_has_booked_the_time_again_does_not_get_it_twice(tx: Tx, kayaks: Scene, ordered: bool) -> None:
    order_id, lost = given_back(tx, kayaks)
    chosen = kayaks.hold(tx, quantity=1 if ordered else 2)
    if ordered:
        reservations.bind(tx, account_id=chosen.account_id, hold_ids=[chosen.id], order_id=uuid4())
    refused(tx, reservations.BookedMeanwhile, order_id, lost)


def test_another_time_of_the_same_customer_is_no_hindrance(tx: Tx, room: Scene) -> None:
    order_id, lost = given_back(tx, room)
    room.hold(tx, hour=1)
    assert again(tx, order_id, lost)


def test_what_has_begun_is_not_free_even_if_it_is_still_held(tx: Tx, room: Scene) -> None:
    order_id, lost = given_back(tx, room, released=False)
    refused(tx, reservations.NotBookable, order_id, lost, now=MORNING)
    assert again(tx, order_id, lost, now=MORNING - timedelta(seconds=1))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE offerings SET lead_time = 5000",
        "UPDATE products SET withdrawn_at = now()",
        "DELETE FROM offerings",
        "DELETE FROM opening_hours",
        "INSERT INTO closures (id, resource_id, during)"
        " SELECT gen_random_uuid(), id, tstzrange(now(), now() + interval '9 days') FROM resources",
    ],
    ids=["too near", "withdrawn", "not offered", "shut", "closed"],
)
def test_what_nobody_could_book_now_is_not_free(tx: Tx, room: Scene, change: str) -> None:
    order_id, lost = given_back(tx, room)
    tx.execute(text(change))
    tx.expire_all()
    refused(tx, reservations.NotBookable, order_id, lost)


def test_what_is_offered_elsewhere_by_now_is_not_the_same_place(tx: Tx, room: Scene) -> None:
    order_id, lost = given_back(tx, room)
    elsewhere = scene(tx, units=1).resource_id
    moved = text("UPDATE offerings SET resource_id = :elsewhere WHERE product_id = :product")
    tx.execute(moved, {"elsewhere": elsewhere, "product": room.product_id})
    tx.expire_all()
    refused(tx, reservations.NotBookable, order_id, lost)


def test_given_back_again_it_is_free_at_once_or_back_in_the_basket(tx: Tx, room: Scene) -> None:
    order_id, lost = given_back(tx, room)
    again(tx, order_id, lost)
    reservations.unbind(tx, order_id, at_least=timedelta(0))
    assert room.hold(tx, who=1), "somebody else gets it"

    order_id, lost = given_back(tx, room, released=False, hour=1)
    again(tx, order_id, lost)
    reservations.unbind(tx, order_id, at_least=timedelta(0))
    assert [hold.id for hold in reservations.holds_of(tx, room.accounts[0], NOW)] == [lost.id]


def test_it_waits_for_its_turn_and_gives_up_without_an_answer(database: Engine) -> None:
    with transaction(database) as tx:
        room = scene(tx, units=1)
        order_id, lost = given_back(tx, room)
    with transaction(database) as other:
        room.hold(other, who=1)
        with transaction(database) as tx, pytest.raises(reservations.SlotBusy):
            reservations.take_again(
                tx,
                account_id=room.accounts[0],
                order_id=order_id,
                hold_ids=[lost.id],
                now=NOW,
                wait=timedelta(milliseconds=50),
            )
        other.rollback()
    with transaction(database) as tx:
        assert again(tx, order_id, lost)
        assert (tx.execute(OVERLAPS).scalar_one(), tx.execute(HALVES).scalar_one()) == (0, 0)


def refused(tx: Tx, by: type[Refusal], order_id: UUID, *holds: reservations.Hold, now: object = NOW) -> None:
    with pytest.raises(by):
        again(tx, order_id, *holds, now=now)
    assert reservations.bound(tx, order_id) == [], "all or none"
