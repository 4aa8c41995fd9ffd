"""Any of several, and one of each part at once: who is taken, who may be chosen, and that it is all or nothing."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from portal.domains import reservations, resources
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from tests import factories
from tests.portal.domains.reservations.scene import HOUR, MORNING, NOW, Scene, let_time_pass, scene

NIGHT = tuple((weekday, 1320, 1440) for weekday in range(7))


def salon(tx: Tx, *, rooms: int = 0, choosable: bool = False, customers: int = 6) -> tuple[Scene, dict[str, UUID]]:
    """A massage by Kim, Lee or Park, whose resource it is offered on being Park's; with rooms, in one of them."""
    ids = {name: factories.resource(tx, name=name).id for name in ("Kim", "Lee", "Park")}
    park = tx.get_one(resources.Resource, ids["Park"])
    made = scene(tx, on=park, customers=customers)
    parts = [[ids["Kim"], ids["Lee"]]]
    if rooms:
        parts.append([factories.resource(tx, name=f"Room {n}").id for n in range(1, rooms + 1)])
    factories.also(tx, made.product_id, *parts, choosable=choosable)
    return made, ids


def who(holds: Sequence[reservations.Hold]) -> list[str]:
    return [hold.served_by for hold in holds]


def test_each_in_turn_by_name_until_nobody_is_free(tx: Tx) -> None:
    massage, ids = salon(tx)
    holds = [massage.hold(tx, who=n) for n in range(3)]
    assert who(holds) == ["Kim", "Lee", "Park"]
    assert [hold.resource_id for hold in holds] == [ids["Kim"], ids["Lee"], ids["Park"]]
    with pytest.raises(reservations.SlotTaken):
        massage.hold(tx, who=3)


def test_who_has_the_least_to_do_that_day_comes_first(tx: Tx) -> None:
    massage, _ = salon(tx)
    assert who([massage.hold(tx, who=n, hour=n) for n in range(4)]) == ["Kim", "Lee", "Park", "Kim"]
    assert massage.hold(tx, who=4, hour=24).served_by == "Kim"  # another day, another count


def test_a_hold_that_is_over_is_in_nobodys_way(tx: Tx) -> None:
    massage, _ = salon(tx)
    for n in range(3):
        let_time_pass(tx, massage.hold(tx, who=n))
    assert massage.hold(tx, who=3).served_by == "Kim"


def test_the_wish_for_somebody_is_granted_or_refused_never_replaced(tx: Tx) -> None:
    massage, ids = salon(tx, choosable=True)
    assert massage.hold(tx, who=0, served_by=[ids["Park"]]).served_by == "Park"
    with pytest.raises(reservations.SlotTaken):
        massage.hold(tx, who=1, served_by=[ids["Park"]])
    assert massage.hold(tx, who=1).served_by == "Kim"


def test_nobody_can_be_chosen_where_staff_do_not_allow_it(tx: Tx) -> None:
    massage, ids = salon(tx)
    for wish in (ids["Park"], factories.resource(tx, name="Elsewhere").id):
        with pytest.raises(Invalid) as refused:
            massage.hold(tx, served_by=[wish])
        assert "with" in refused.value.faults


def test_choosing_again_is_the_same_hold_and_somebody_else_replaces_it(tx: Tx) -> None:
    massage, ids = salon(tx, choosable=True)
    first = massage.hold(tx)
    assert massage.hold(tx).id == first.id
    other = massage.hold(tx, served_by=[ids["Lee"]])
    assert (other.served_by, len(reservations.holds_of(tx, massage.accounts[0], NOW))) == ("Lee", 1)


def test_a_room_and_somebody_or_neither(tx: Tx) -> None:
    massage, _ = salon(tx, rooms=2)
    holds = [massage.hold(tx, who=n) for n in range(2)]
    assert who(holds) == ["Kim, Room 1", "Lee, Room 2"]
    assert [len(hold.reservations) for hold in holds] == [2, 2]
    before = tx.execute(text("SELECT count(*) FROM reservations")).scalar_one()
    with pytest.raises(reservations.SlotTaken):  # Park is free, but there is no third room
        massage.hold(tx, who=2)
    assert tx.execute(text("SELECT count(*) FROM reservations")).scalar_one() == before


def test_one_guide_for_all_and_a_seat_for_each(tx: Tx) -> None:
    boat = factories.resource(tx, units=10, name="Boat")
    tour = scene(tx, on=boat, max_quantity=10)
    factories.also(tx, tour.product_id, [], [factories.resource(tx, name="Ada").id], once=[1])
    hold = tour.hold(tx, quantity=4)
    assert (len(hold.reservations), hold.quantity) == (5, 4)
    with pytest.raises(reservations.SlotTaken):  # six seats are left, but no guide
        tour.hold(tx, who=1)


def test_who_is_closed_does_not_serve_and_where_all_are_it_is_closed(tx: Tx) -> None:
    massage, ids = salon(tx)
    resources.close_times(tx, ids["Kim"], MORNING, MORNING + HOUR)
    assert massage.hold(tx).served_by == "Lee"
    tx.execute(text("DELETE FROM opening_hours WHERE resource_id IN (:a, :b)"), {"a": ids["Lee"], "b": ids["Park"]})
    with pytest.raises(Invalid) as refused:
        massage.hold(tx, who=1)
    assert "start" in refused.value.faults


def test_a_part_that_is_closed_closes_all(tx: Tx) -> None:
    massage, _ = salon(tx)
    room = factories.resource(tx, name="Night room", hours=NIGHT)
    tx.execute(text("INSERT INTO offering_parts (product_id, number) VALUES (:id, 1)"), {"id": massage.product_id})
    put = "INSERT INTO offering_places (product_id, resource_id, number) VALUES (:id, :room, 1)"
    tx.execute(text(put), {"id": massage.product_id, "room": room.id})
    with pytest.raises(Invalid):
        massage.hold(tx)
    assert massage.hold(tx, hour=13).served_by == "Kim, Night room"  # 22:00 in Seoul


def test_what_one_product_takes_the_other_misses(tx: Tx) -> None:
    massage, ids = salon(tx)
    facial = scene(tx, on=tx.get_one(resources.Resource, ids["Kim"]))
    facial.hold(tx)
    assert massage.hold(tx).served_by == "Lee"


def test_an_order_binds_extends_confirms_and_cancels_all_parts_together(tx: Tx) -> None:
    massage, _ = salon(tx, rooms=1)
    hold, me = massage.hold(tx), massage.accounts[0]
    reservations.extend(tx, account_id=me, hold_id=hold.id, now=NOW, minutes=20)
    reservations.bind(tx, account_id=me, hold_ids=[hold.id], order_id=hold.id)
    reservations.confirm(tx, hold.id)
    assert _fates(tx, hold) == {"CONFIRMED": 2}
    reservations.cancel(tx, order_id=hold.id, hold_ids=[hold.id])
    assert _fates(tx, hold) == {"CANCELLED": 2}


def test_half_a_hold_cannot_be_ordered(tx: Tx) -> None:
    massage, _ = salon(tx, rooms=1)
    hold = massage.hold(tx)
    tx.execute(
        text("UPDATE reservations SET expires_at = now() - interval '1 minute' WHERE id = :id"),
        {"id": hold.reservations[0].id},
    )
    with pytest.raises(reservations.HoldEnded):
        reservations.bind(tx, account_id=massage.accounts[0], hold_ids=[hold.id], order_id=hold.id)


def test_late_money_gets_the_very_same_ones_again_or_none(tx: Tx) -> None:
    massage, ids = salon(tx, rooms=2, choosable=True)
    lost, me = massage.hold(tx, served_by=[ids["Lee"]]), massage.accounts[0]
    reservations.release(tx, account_id=me, hold_id=lost.id)
    again = {"account_id": me, "order_id": lost.id, "hold_ids": [lost.id], "now": NOW}
    (anew,) = reservations.holds(tx, list(reservations.take_again(tx, **again).values()))
    assert (anew.served_by, len(anew.reservations)) == ("Lee, Room 1", 2)
    reservations.unbind(tx, lost.id, at_least=timedelta())
    reservations.release(tx, account_id=me, hold_id=anew.id)
    massage.hold(tx, who=1, served_by=[ids["Lee"]])
    with pytest.raises(reservations.SlotTaken):
        reservations.take_again(tx, **again)


def test_somebody_who_leaves_is_stood_in_for(tx: Tx) -> None:
    massage, ids = salon(tx)
    resources.withdraw_resource(tx, ids["Park"], 1, now=NOW)
    offering = resources.offering_of(tx, massage.product_id)
    assert offering
    assert offering.resource_id == ids["Kim"]
    assert who([massage.hold(tx, who=n) for n in range(2)]) == ["Kim", "Lee"]
    with pytest.raises(reservations.SlotTaken):
        massage.hold(tx, who=2)


def _fates(tx: Tx, hold: reservations.Hold) -> dict[str, int]:
    rows = tx.execute(text("SELECT status, count(*) FROM reservations WHERE hold_id = :id GROUP BY 1"), {"id": hold.id})
    return dict(rows.all())
