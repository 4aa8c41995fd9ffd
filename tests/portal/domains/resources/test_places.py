"""Resources and their units."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from portal.domains import reservations, resources
from portal.domains.resources import ResourceFields
from portal.domains.resources.models import ResourceUnit
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid, Stale
from portal.kernel.ids import new_id
from tests import factories

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def units(tx: Tx, resource_id: UUID) -> list[int]:
    """Those in use."""
    own = (ResourceUnit.resource_id == resource_id, ResourceUnit.retired_at.is_(None))
    return list(tx.scalars(select(ResourceUnit.unit).where(*own).order_by(ResourceUnit.unit)))


def edit(tx: Tx, resource: resources.Resource, number: int, *, now: datetime = NOW, version: int = 0) -> None:
    """Gives the resource that number of units."""
    fields = ResourceFields(resource.name, "Asia/Seoul", units=number)
    version = version or resource.version
    resources.edit_resource(tx, resource.id, version, fields, standing=reservations.starts_above, now=now)


def book(tx: Tx, resource_id: UUID, unit: int, *, day: date = date(2026, 12, 2), lasts: timedelta = HOUR) -> None:
    """The rows of a hold of that whole day in UTC, as the domain above would leave them; `lasts` counts from now."""
    hold = {"id": new_id(), "who": factories.account(tx).id, "product": factories.product(tx).id, "place": resource_id}
    tx.execute(
        text("""
            INSERT INTO holds (id, account_id, product_id, resource_id, starts_at, ends_at, quantity, amount)
            VALUES (:id, :who, :product, :place, :day, :day + interval '1 day', 1, 0)
        """),
        hold | {"day": datetime.combine(day, time(), UTC)},
    )
    tx.execute(
        text("""
            INSERT INTO reservations (id, hold_id, resource_id, unit, account_id, during, expires_at)
            SELECT id, id, resource_id, :unit, account_id, tstzrange(starts_at, ends_at), now() + :lasts
            FROM holds WHERE id = :id
        """),
        {"id": hold["id"], "unit": unit, "lasts": lasts},
    )


def test_the_units_follow_their_number_up_and_down(tx: Tx) -> None:
    kayaks = resources.create_resource(tx, ResourceFields("Kayaks", "Asia/Seoul", units=3, place="광안리"))
    assert (kayaks.slug, units(tx, kayaks.id)) == ("kayaks", [1, 2, 3])
    for number in (5, 2):
        edit(tx, kayaks, number)
        assert (kayaks.units, units(tx, kayaks.id)) == (number, list(range(1, number + 1)))


def test_a_unit_with_bookings_to_come_stays_and_their_days_are_named(tx: Tx) -> None:
    kayaks = resources.create_resource(tx, ResourceFields("Kayaks", "Asia/Seoul", units=5))
    for day in (date(2026, 12, 4), date(2026, 12, 2)):
        book(tx, kayaks.id, 3, day=day)
    book(tx, kayaks.id, 2, day=date(2026, 12, 7))
    version = kayaks.version
    with (
        pytest.raises(Invalid, match=r"above number 2 on: Wed 2 Dec 2026, Fri 4 Dec 2026\.") as caught,
        tx.begin_nested(),
    ):
        edit(tx, kayaks, 2)
    assert list(caught.value.faults) == ["units"]
    assert (resources.get_resource(tx, kayaks.id).units, units(tx, kayaks.id)) == (5, [1, 2, 3, 4, 5])
    edit(tx, kayaks, 3, version=version)
    assert units(tx, kayaks.id) == [1, 2, 3]


def test_bookings_that_are_over_and_holds_that_ran_out_keep_no_unit(tx: Tx) -> None:
    kayaks = resources.create_resource(tx, ResourceFields("Kayaks", "Asia/Seoul", units=3))
    book(tx, kayaks.id, 3, day=date(2026, 11, 30))
    book(tx, kayaks.id, 2, day=date(2026, 12, 5), lasts=-HOUR)
    with pytest.raises(Invalid), tx.begin_nested():
        edit(tx, kayaks, 1, now=datetime(2026, 11, 30, 23, 59, tzinfo=UTC))  # one has a minute to go
    edit(tx, kayaks, 1, now=datetime(2026, 12, 1, tzinfo=UTC))
    assert units(tx, kayaks.id) == [1]
    assert tx.scalar(text("SELECT count(*) FROM reservations JOIN resource_units USING (resource_id, unit)")) == 2
    edit(tx, kayaks, 4)
    assert units(tx, kayaks.id) == [1, 2, 3, 4]


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
        lambda: edit(tx, room, 1, version=read),
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
