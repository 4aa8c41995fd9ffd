"""On what a product is offered, and by which rules of time."""

from dataclasses import asdict
from uuid import uuid4

import pytest

from portal.domains import resources
from portal.domains.resources import OfferingRules
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, NotFound
from tests import factories


def test_a_product_is_offered_with_its_rules(tx: Tx) -> None:
    product, kayaks = factories.product(tx), factories.resource(tx, units=10)
    rules = OfferingRules(30, 240, start_step=15, buffer_before=5, buffer_after=10, lead_time=60, max_quantity=10)
    resources.offer(tx, product.id, kayaks.id, rules)
    found = resources.offering_of(tx, product.id)
    assert found is not None
    assert {name: getattr(found, name) for name in asdict(rules)} == asdict(rules)


def test_without_a_longest_time_the_length_is_fixed(tx: Tx) -> None:
    made = resources.offer(tx, factories.product(tx).id, factories.resource(tx).id, OfferingRules(75))
    assert (made.min_length, made.max_length) == (75, 75)


def test_offering_it_elsewhere_moves_it_and_two_products_may_share_one_place(tx: Tx) -> None:
    hour, longer = factories.product(tx), factories.product(tx)
    room, therapist = factories.resource(tx), factories.resource(tx)
    resources.offer(tx, hour.id, room.id, OfferingRules(60))
    resources.offer(tx, hour.id, therapist.id, OfferingRules(60))
    resources.offer(tx, longer.id, therapist.id, OfferingRules(90))
    assert resources.offerings_on(tx, room.id) == []
    assert [o.product_id for o in resources.offerings_on(tx, therapist.id)] == [hour.id, longer.id]
    resources.stop_offering(tx, hour.id)
    assert resources.offering_of(tx, hour.id) is None
    with pytest.raises(NotFound):
        resources.stop_offering(tx, hour.id)


@pytest.mark.parametrize(
    ("rules", "faulty"),
    [
        (OfferingRules(0), {"min_length"}),
        (OfferingRules(1441), {"min_length"}),
        (OfferingRules(60, 30), {"max_length"}),
        (OfferingRules(60, 100, length_step=30), {"length_step"}),
        (OfferingRules(60, length_step=0, start_step=0), {"length_step", "start_step"}),
        (OfferingRules(60, buffer_before=-1, buffer_after=-1), {"buffer_before", "buffer_after"}),
        (OfferingRules(60, lead_time=-1, horizon_days=0), {"lead_time", "horizon_days"}),
        (OfferingRules(4, 60), {"min_length"}),
        (OfferingRules(60, lead_time=2 * 1440, horizon_days=1), {"lead_time"}),
        (OfferingRules(60, horizon_days=731), {"horizon_days"}),
        (OfferingRules(60, max_quantity=0), {"max_quantity"}),
        (OfferingRules(60, max_quantity=3), {"max_quantity"}),
    ],
)
def test_faulty_rules_name_their_fields(tx: Tx, rules: OfferingRules, faulty: set[str]) -> None:
    product, room = factories.product(tx), factories.resource(tx, units=2)
    with pytest.raises(Invalid) as caught:
        resources.offer(tx, product.id, room.id, rules)
    assert set(caught.value.faults) == faulty
    assert resources.offering_of(tx, product.id) is None


def test_goods_and_unknown_places_are_faults(tx: Tx) -> None:
    with pytest.raises(Invalid):
        resources.offer(tx, factories.goods(tx).id, factories.resource(tx).id, OfferingRules(60))
    with pytest.raises(Invalid):
        resources.offer(tx, factories.product(tx).id, uuid4(), OfferingRules(60))
    with pytest.raises(NotFound):
        resources.offer(tx, uuid4(), factories.resource(tx).id, OfferingRules(60))
