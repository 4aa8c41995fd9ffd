"""Resources and their units."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from portal.domains import resources
from portal.domains.resources import ResourceFields
from portal.domains.resources.models import ResourceUnit
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, Stale
from portal.kernel.ids import new_id
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


def units(tx: Tx, resource_id: UUID) -> list[int]:
    query = select(ResourceUnit.unit).where(ResourceUnit.resource_id == resource_id).order_by(ResourceUnit.unit)
    return list(tx.scalars(query))


def book(tx: Tx, resource_id: UUID, unit: int) -> None:
    """The rows of a booking, as the domain above would leave them."""
    hold = {"id": new_id(), "who": factories.account(tx).id, "product": factories.product(tx).id, "place": resource_id}
    tx.execute(
        text("""
            INSERT INTO holds (id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount)
            VALUES (:id, :who, :product, :place, '2026-12-02', '2026-12-03', 1, 0)
        """),
        hold,
    )
    tx.execute(
        text("""
            INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, during, expires_at)
            VALUES (:id, :id, :place, :unit, :who, '[2026-12-02,2026-12-03)', '2027-01-01')
        """),
        {**hold, "unit": unit},
    )


def test_the_units_follow_their_number_up_and_down(tx: Tx) -> None:
    kayaks = resources.create_resource(tx, ResourceFields("Kayaks", "Asia/Seoul", units=3, place="광안리"))
    assert (kayaks.slug, units(tx, kayaks.id)) == ("kayaks", [1, 2, 3])
    for number in (5, 2):
        resources.edit_resource(tx, kayaks.id, kayaks.version, ResourceFields("Kayaks", "Asia/Seoul", units=number))
        assert (kayaks.units, units(tx, kayaks.id)) == (number, list(range(1, number + 1)))


def test_a_unit_with_bookings_cannot_be_taken_away(tx: Tx) -> None:
    kayaks = resources.create_resource(tx, ResourceFields("Kayaks", "Asia/Seoul", units=5))
    book(tx, kayaks.id, 3)
    version = kayaks.version
    with pytest.raises(Invalid, match="at least 3") as caught, tx.begin_nested():
        resources.edit_resource(tx, kayaks.id, version, ResourceFields("Kayaks", "Asia/Seoul", units=2))
    assert list(caught.value.faults) == ["units"]
    assert (resources.get_resource(tx, kayaks.id).units, units(tx, kayaks.id)) == (5, [1, 2, 3, 4, 5])
    resources.edit_resource(tx, kayaks.id, version, ResourceFields("Kayaks", "Asia/Seoul", units=3))
    assert units(tx, kayaks.id) == [1, 2, 3]


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "asia/seoul", "+09:00"])
def test_a_zone_nobody_knows_is_a_fault(tx: Tx, zone: str) -> None:
    with pytest.raises(Invalid) as caught:
        resources.create_resource(tx, ResourceFields("Kayaks", zone))
    assert list(caught.value.faults) == ["time_zone"]


def test_every_faulty_field_is_named(tx: Tx) -> None:
    with pytest.raises(Invalid) as caught:
        resources.create_resource(tx, ResourceFields("", "", units=1001, place="x" * 121, slug="A"))
    assert set(caught.value.faults) == {"name", "time_zone", "units", "place", "slug"}


def test_an_edit_of_an_old_version_is_stale(tx: Tx) -> None:
    room = resources.create_resource(tx, ResourceFields("Room", "Asia/Seoul"))
    read = room.version
    resources.set_hours(tx, room.id, read, [resources.Hours(0, 540, 1080)])
    for act in (
        lambda: resources.edit_resource(tx, room.id, read, ResourceFields("Mine", "Asia/Seoul")),
        lambda: resources.set_hours(tx, room.id, read, []),
        lambda: resources.withdraw_resource(tx, room.id, read, now=NOW),
    ):
        with pytest.raises(Stale):
            act()
    assert resources.hours_of(tx, room.id) == [resources.Hours(0, 540, 1080)]


def test_a_withdrawn_resource_is_offered_no_more_until_it_is_restored(tx: Tx) -> None:
    made = factories.bookable(tx)
    room = made.resource
    resources.withdraw_resource(tx, room.id, room.version, now=NOW)
    assert resources.offering_of(tx, made.product.id) is None
    assert resources.list_resources(tx) == []
    assert resources.list_resources(tx, withdrawn=True) == [room]
    resources.restore_resource(tx, room.id, room.version)
    assert resources.offering_of(tx, made.product.id) == made.offering
