"""A hold can be kept a while longer, or let go; by its owner only, and not once it is over or ordered."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.domains import reservations
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound
from tests.portal.domains.reservations.scene import HOUR, MORNING, NOW, let_time_pass, scene


def test_extending_counts_from_now_and_never_shortens(tx: Tx) -> None:
    studio = scene(tx)
    hold = studio.hold(tx, minutes=15)
    before = hold.expires_at
    mine = {"account_id": studio.accounts[0], "hold_id": hold.id, "now": NOW}
    longer = reservations.extend(tx, **mine, minutes=20)
    assert longer.expires_at is not None
    assert before is not None
    assert timedelta(minutes=5) <= longer.expires_at - before < timedelta(minutes=5, seconds=10)
    later = longer.expires_at
    assert reservations.extend(tx, **mine, minutes=5).expires_at == later


def test_a_hold_is_extended_a_number_of_times(tx: Tx) -> None:
    kayaks = scene(tx, units=2)
    hold = kayaks.hold(tx, quantity=2)
    mine = {"account_id": kayaks.accounts[0], "hold_id": hold.id, "now": NOW, "minutes": 15, "max_extensions": 2}
    reservations.extend(tx, **mine)
    before = reservations.extend(tx, **mine).expires_at
    with pytest.raises(reservations.NoMoreExtensions):
        reservations.extend(tx, **mine | {"minutes": 99})
    after = reservations.hold_of(tx, kayaks.accounts[0], hold.id)
    assert (after.extensions, after.expires_at) == (2, before)


def test_what_is_over_begun_or_ordered_is_not_extended(tx: Tx) -> None:
    kayaks = scene(tx, units=4)
    mine = {"account_id": kayaks.accounts[0], "now": NOW, "minutes": 15}
    over, freed, ordered = (kayaks.hold(tx, hour=hour) for hour in range(3))
    let_time_pass(tx, over)
    reservations.release(tx, account_id=kayaks.accounts[0], hold_id=freed.id)
    reservations.bind(tx, account_id=kayaks.accounts[0], hold_ids=[ordered.id], order_id=uuid4())
    for hold in (over, freed):
        with pytest.raises(reservations.HoldEnded) as ended:
            reservations.extend(tx, **mine, hold_id=hold.id)
        assert ended.value.hold_ids == (hold.id,)
    with pytest.raises(reservations.HoldOrdered):
        reservations.extend(tx, **mine, hold_id=ordered.id)
    with pytest.raises(reservations.HoldEnded):
        reservations.extend(tx, **mine | {"now": MORNING + 4 * HOUR}, hold_id=kayaks.hold(tx, hour=4).id)


def test_what_is_let_go_can_be_booked_by_others_and_let_go_again(tx: Tx) -> None:
    studio = scene(tx)
    hold = studio.hold(tx)
    mine = {"account_id": studio.accounts[0], "hold_id": hold.id}
    reservations.release(tx, **mine)
    reservations.release(tx, **mine)
    assert studio.hold(tx, who=1).state_at(NOW) == "held"
    assert reservations.holds_of(tx, studio.accounts[0], NOW) == []


def test_letting_go_of_one_hold_leaves_the_others(tx: Tx) -> None:
    kayaks = scene(tx, units=4)
    gone, stays, theirs = kayaks.hold(tx), kayaks.hold(tx, hour=1), kayaks.hold(tx, who=1)
    reservations.release(tx, account_id=kayaks.accounts[0], hold_id=gone.id)
    assert [hold.id for hold in reservations.holds_of(tx, kayaks.accounts[0], NOW)] == [stays.id]
    assert [hold.id for hold in reservations.holds_of(tx, kayaks.accounts[1], NOW)] == [theirs.id]


def test_what_an_order_has_is_not_let_go(tx: Tx) -> None:
    studio = scene(tx)
    hold = studio.hold(tx)
    reservations.bind(tx, account_id=studio.accounts[0], hold_ids=[hold.id], order_id=uuid4())
    with pytest.raises(reservations.HoldOrdered):
        reservations.release(tx, account_id=studio.accounts[0], hold_id=hold.id)
    assert reservations.hold_of(tx, studio.accounts[0], hold.id).state_at(NOW) == "ordered"


def test_other_peoples_holds_are_not_found(tx: Tx) -> None:
    studio = scene(tx)
    hold = studio.hold(tx)
    theirs = {"account_id": studio.accounts[1], "hold_id": hold.id}
    with pytest.raises(NotFound):
        reservations.hold_of(tx, studio.accounts[1], hold.id)
    with pytest.raises(NotFound):
        reservations.release(tx, **theirs)
    with pytest.raises(NotFound):
        reservations.extend(tx, **theirs, now=NOW, minutes=15)
    assert reservations.hold_of(tx, studio.accounts[0], hold.id).state_at(NOW) == "held"
