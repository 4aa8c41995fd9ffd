"""What goes with a booking: goods, in an order, so many at most."""

from datetime import timedelta
from uuid import uuid4

import pytest

from portal.domains import audit, catalog
from portal.domains.catalog import Along
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, NotFound
from tests import factories


def test_they_are_offered_in_their_order_while_they_are_on_sale_and_have_a_price(tx: Tx) -> None:
    room, other, now = factories.product(tx), factories.product(tx), clock.now()
    tea, towel, bag = (factories.goods(tx, name=name) for name in ("Tea", "Towel", "Bag"))
    draft = factories.product(tx, kind="goods", name="Draft", published=False)
    dear = factories.product(tx, kind="goods", name="No price")
    along = [Along(one.id, most) for one, most in ((towel, 2), (draft, 1), (tea, 9), (dear, 1))]
    catalog.set_addons(tx, room.id, along)
    catalog.set_addons(tx, other.id, [Along(bag.id, 1), Along(tea.id, 1)])
    assert catalog.addons_of(tx, room.id) == along
    assert [item.product.name for item in catalog.offered_along(tx, [room.id], now=now)] == ["Towel", "Tea"]
    together = catalog.offered_along(tx, [room.id, other.id], now=now)
    assert [item.product.name for item in together] == ["Bag", "Towel", "Tea"]
    catalog.withdraw_product(tx, towel.id, towel.version, now=now - timedelta(seconds=1))
    assert [item.product.name for item in catalog.offered_along(tx, [room.id], now=now)] == ["Tea"]
    assert catalog.offered_along(tx, [], now=now) == []


def test_bounds_count_for_each_booking_and_bind_only_what_goes_with_one(tx: Tx) -> None:
    room, tour, bare = (factories.product(tx) for _ in range(3))
    tea, bag = factories.goods(tx), factories.goods(tx)
    catalog.set_addons(tx, room.id, [Along(tea.id, 2)])
    catalog.set_addons(tx, tour.id, [Along(tea.id, 5)])
    both = {tea.id, bag.id}
    assert catalog.most_along(tx, [room.id], both) == {tea.id: 2}
    assert catalog.most_along(tx, [room.id, room.id, tour.id, bare.id], both) == {tea.id: 9}
    assert catalog.most_along(tx, [bare.id], both) == catalog.most_along(tx, [], both) == {}


def test_faults_are_told_by_row_and_nothing_is_changed(tx: Tx) -> None:
    room, tea = factories.product(tx), factories.goods(tx)
    catalog.set_addons(tx, room.id, [Along(tea.id, 3)])
    with pytest.raises(Invalid) as caught:
        catalog.set_addons(tx, room.id, [Along(tea.id, 0), Along(tea.id, 1), Along(room.id, 1), Along(uuid4(), 100)])
    assert set(caught.value.faults) == {"most-0", "goods-1", "goods-2", "goods-3", "most-3"}
    with pytest.raises(Invalid):
        catalog.set_addons(tx, room.id, [Along(factories.goods(tx).id, 1) for _ in range(7)])
    with pytest.raises(Invalid):
        catalog.set_addons(tx, tea.id, [])
    with pytest.raises(NotFound):
        catalog.set_addons(tx, uuid4(), [])
    assert catalog.addons_of(tx, room.id) == [Along(tea.id, 3)]


def test_who_did_it_is_on_record(tx: Tx) -> None:
    staff, room = factories.account(tx, roles=("catalog",)), factories.product(tx)
    catalog.set_addons(tx, room.id, [], by=staff.id)
    assert [(e.action, e.actor_id) for e in audit.entries_about(tx, "product", room.id)] == [("addons.set", staff.id)]
