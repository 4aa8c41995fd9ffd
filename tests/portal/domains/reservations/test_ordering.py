"""An order takes its holds all or none, gives them back with time left, books them, frees them; each repeatable."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from portal.domains import reservations
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from tests.portal.domains.reservations.scene import NOW, Scene, let_time_pass, scene


@pytest.fixture
def kayaks(tx: Tx) -> Scene:
    return scene(tx, units=4)


def bound(tx: Tx, kayaks: Scene, *holds: reservations.Hold, order_id: UUID | None = None) -> UUID:
    order_id = order_id or uuid4()
    ids = [hold.id for hold in holds]
    reservations.bind(tx, account_id=kayaks.accounts[0], hold_ids=ids, order_id=order_id)
    return order_id


def states(tx: Tx, *holds: reservations.Hold) -> list[str]:
    found = {hold.id: hold.state_at(NOW) for hold in reservations.holds(tx, [hold.id for hold in holds])}
    return [found[hold.id] for hold in holds]


def test_binding_keeps_the_end_for_the_way_back_and_may_be_repeated(tx: Tx, kayaks: Scene) -> None:
    first, second = kayaks.hold(tx, quantity=2), kayaks.hold(tx, hour=1)
    end = first.expires_at
    order_id = bound(tx, kayaks, first, second)
    bound(tx, kayaks, first, second, order_id=order_id)
    assert [hold.id for hold in reservations.bound(tx, order_id)] == [first.id, second.id]
    assert reservations.bound(tx, order_id)[0].expires_at == end
    assert reservations.holds_of(tx, kayaks.accounts[0], NOW) == []


def test_one_ended_hold_is_named_and_nothing_is_bound(tx: Tx, kayaks: Scene) -> None:
    live, over, freed, ordered = (kayaks.hold(tx, hour=hour) for hour in range(4))
    let_time_pass(tx, over)
    reservations.release(tx, account_id=kayaks.accounts[0], hold_id=freed.id)
    bound(tx, kayaks, ordered)
    with pytest.raises(reservations.HoldEnded) as ended:
        bound(tx, kayaks, live, over, freed, ordered)
    assert set(ended.value.hold_ids) == {over.id, freed.id, ordered.id}
    assert states(tx, live, over, freed, ordered) == ["held", "ended", "ended", "ordered"]


def test_other_peoples_holds_are_not_bound(tx: Tx, kayaks: Scene) -> None:
    mine, theirs = kayaks.hold(tx), kayaks.hold(tx, who=1)
    with pytest.raises(NotFound):
        bound(tx, kayaks, mine, theirs)
    assert states(tx, mine, theirs) == ["held", "held"]


def test_a_hold_for_two_of_which_one_row_is_gone_is_not_bound(tx: Tx, kayaks: Scene) -> None:
    hold = kayaks.hold(tx, quantity=2)
    tx.execute(text("UPDATE reservations SET status = 'CANCELLED' WHERE unit = 2"))
    with pytest.raises(reservations.HoldEnded):
        bound(tx, kayaks, hold)


@pytest.mark.parametrize(("left", "minutes"), [(15, 15), (2, 5)])
def test_what_comes_back_lasts_at_least_so_long_and_never_shorter_than_before(
    tx: Tx, kayaks: Scene, left: int, minutes: int
) -> None:
    hold = kayaks.hold(tx, minutes=left)
    order_id = bound(tx, kayaks, hold)
    back = reservations.unbind(tx, order_id, at_least=timedelta(minutes=5))
    assert [h.id for h in back] == [hold.id]
    now = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
    assert back[0].expires_at is not None
    assert timedelta(minutes=minutes, seconds=-10) < back[0].expires_at - now <= timedelta(minutes=minutes)
    assert reservations.unbind(tx, order_id, at_least=timedelta(minutes=5)) == []
    bound(tx, kayaks, hold)  # and can be ordered again


def test_confirming_books_once_and_giving_back_comes_too_late(tx: Tx, kayaks: Scene) -> None:
    mine, other = kayaks.hold(tx, quantity=2), kayaks.hold(tx, who=1)
    order_id = bound(tx, kayaks, mine)
    for _ in range(2):
        reservations.confirm(tx, order_id)
        assert states(tx, mine, other) == ["confirmed", "held"]
    assert reservations.unbind(tx, order_id, at_least=timedelta(minutes=5)) == []
    assert states(tx, mine, other) == ["confirmed", "held"]
    assert [hold.id for hold in reservations.bound(tx, order_id)] == [mine.id]


def test_cancelling_frees_the_named_places_only_and_may_be_repeated(tx: Tx, kayaks: Scene) -> None:
    gone, stays = kayaks.hold(tx, quantity=4), kayaks.hold(tx, hour=1)
    order_id = bound(tx, kayaks, gone, stays)
    reservations.confirm(tx, order_id)
    for _ in range(2):
        reservations.cancel(tx, order_id=order_id, hold_ids=[gone.id])
        assert states(tx, gone, stays) == ["cancelled", "confirmed"]
    assert [hold.id for hold in reservations.bound(tx, order_id)] == [stays.id]
    assert kayaks.hold(tx, who=1, quantity=4)


def test_an_order_cancels_only_what_is_its_own(tx: Tx, kayaks: Scene) -> None:
    mine, other = kayaks.hold(tx), kayaks.hold(tx, hour=1)
    order_id, other_order = bound(tx, kayaks, mine), bound(tx, kayaks, other)
    with pytest.raises(NotFound):
        reservations.cancel(tx, order_id=order_id, hold_ids=[mine.id, other.id])
    assert reservations.bound(tx, other_order)
