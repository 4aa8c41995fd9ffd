"""Writes resources: create, edit with more or fewer units, withdraw and bring back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal.domains import audit
from portal.domains.resources.models import Resource, ResourceUnit
from portal.domains.resources.parts import let_others_lead
from portal.domains.resources.series_days import write_anew
from portal.kernel import clock, words
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import Faults
from portal.kernel.slugs import choose_slug
from portal.kernel.versions import locked

MOST_UNITS = 1000

Standing = Callable[[Tx, UUID, int, datetime], Sequence[datetime]]
"""When bookings to come begin on units of this resource above that number; what is over by the moment is left out."""


@dataclass(frozen=True)
class ResourceFields:
    """What staff write about a resource. Without a slug one is made from the name, or the old one stays."""

    name: str
    time_zone: str
    units: int = 1
    place: str = ""
    slug: str | None = None


def create_resource(tx: Tx, fields: ResourceFields, *, by: UUID | None = None) -> Resource:
    """A new resource with its units, closed until it has opening hours. Raises Invalid."""
    resource = Resource(units=0)
    _write(tx, resource, fields)
    tx.add(resource)
    tx.flush()
    add_units(tx, {resource.id: (0, resource.units)})
    audit.record(tx, by, "resource.created", "resource", str(resource.id), name=resource.name)
    return resource


def edit_resource(
    tx: Tx,
    resource_id: UUID,
    version: int,
    fields: ResourceFields,
    *,
    standing: Standing,
    now: datetime,
    by: UUID | None = None,
) -> Resource:
    """Writes all fields. Units go from the top, unless something to come is booked on one: a fault on `units`.

    `standing` asks the domain above, which knows the bookings: `reservations.starts_above`. A new time zone moves the
    opening hours and what is closed again and again with it, but no booking. Raises Stale, Invalid, NotFound.
    """
    resource = locked(tx, Resource, resource_id, version)
    before, zone = resource.units, resource.time_zone
    _write(tx, resource, fields)
    if resource.units < before:
        retire_units(tx, resource, standing, now)
    elif resource.units > before:
        add_units(tx, {resource.id: (before, resource.units)})
    tx.flush()
    if resource.time_zone != zone:
        write_anew(tx, resource, now)
    audit.record(tx, by, "resource.edited", "resource", str(resource.id), name=resource.name, units=resource.units)
    return resource


def withdraw_resource(tx: Tx, resource_id: UUID, version: int, *, now: datetime, by: UUID | None = None) -> Resource:
    """Nothing new is booked on it; what is booked stays. Raises Stale, NotFound."""
    resource = locked(tx, Resource, resource_id, version)
    resource.withdrawn_at = now
    tx.flush()
    let_others_lead(tx, resource.id)
    audit.record(tx, by, "resource.withdrawn", "resource", str(resource.id), name=resource.name)
    return resource


def restore_resource(tx: Tx, resource_id: UUID, version: int, *, by: UUID | None = None) -> Resource:
    """It can be booked again. Raises Stale, NotFound."""
    resource = locked(tx, Resource, resource_id, version)
    resource.withdrawn_at = None
    tx.flush()
    audit.record(tx, by, "resource.restored", "resource", str(resource.id), name=resource.name)
    return resource


def _write(tx: Tx, resource: Resource, fields: ResourceFields) -> None:
    faults = Faults()
    told = check_fields(faults, fields)
    slug = resource.slug
    if slug is None or fields.slug:
        slug = choose_slug(tx, Resource.slug, faults, wanted=fields.slug, name=told["name"], own=resource.id)
    faults.stop()
    resource.slug = slug
    for name, value in told.items():
        setattr(resource, name, value)


def check_fields(faults: Faults, fields: ResourceFields) -> dict[str, Any]:
    """The fields as they are kept, but for the slug."""
    if fields.time_zone not in _time_zones():
        faults.add("time_zone", N_("Nobody knows this time zone. Write one such as Asia/Seoul."))
    return {
        "name": faults.line("name", fields.name, most=80, needed=True),
        "place": faults.line("place", fields.place, most=120),
        "units": faults.whole("units", fields.units, least=1, most=MOST_UNITS),
        "time_zone": fields.time_zone,
    }


@cache  # it reads a folder every time
def _time_zones() -> set[str]:
    return available_timezones()


def add_units(tx: Tx, more: Mapping[UUID, tuple[int, int]]) -> None:
    """The units that are new, of each resource from so many to so many; a retired one comes back."""
    rows = [
        {"resource_id": id, "unit": unit}
        for id, (before, after) in more.items()
        for unit in range(before + 1, after + 1)
    ]
    again = insert(ResourceUnit).on_conflict_do_update(
        index_elements=["resource_id", "unit"], set_={"retired_at": None}
    )
    if rows:
        tx.execute(again, rows)


def retire_units(tx: Tx, resource: Resource, standing: Standing, now: datetime) -> None:
    """The units above the new number are kept for the bookings of the past and taken by no new one.

    Their rows are locked first: a claim under way ends before we look, and a later one finds the unit gone.
    """
    above = (ResourceUnit.resource_id == resource.id, ResourceUnit.unit > resource.units)
    tx.execute(select(ResourceUnit.unit).where(*above).order_by(ResourceUnit.unit).with_for_update())
    check_free(resource, resource.units, standing(tx, resource.id, resource.units, now))
    gone = update(ResourceUnit).where(*above, ResourceUnit.retired_at.is_(None)).values(retired_at=now)
    tx.execute(gone.execution_options(synchronize_session=False))


def check_free(resource: Resource, units: int, starts: Sequence[datetime]) -> None:
    """Whether it can do with so many units; `starts`: of bookings on those above. Raises Invalid."""
    if starts:
        zone = clock.zone(resource.time_zone)
        days = words.Days(sorted({start.astimezone(zone).date() for start in starts}))
        message = N_(
            "Something is booked on a place above number %(units)s on: %(days)s. These places can go when it is over."
        )
        raise Invalid({"units": (message, {"units": units, "days": days})})
