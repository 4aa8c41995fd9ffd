"""Writes resources: create, edit with more or fewer units, withdraw and bring back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from portal.domains import audit
from portal.domains.resources.models import Resource, ResourceUnit
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import Faults
from portal.kernel.slugs import choose_slug
from portal.kernel.versions import locked

MOST_UNITS = 1000


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
    _count_units(tx, resource.id, 0, resource.units)
    audit.record(tx, by, "resource.created", "resource", str(resource.id), name=resource.name)
    return resource


def edit_resource(
    tx: Tx, resource_id: UUID, version: int, fields: ResourceFields, *, by: UUID | None = None
) -> Resource:
    """Writes all fields. A unit that was ever booked cannot be taken away: a fault on `units`.

    A new time zone moves the opening hours with it, but no booking. Raises Stale, Invalid, NotFound.
    """
    resource = locked(tx, Resource, resource_id, version)
    before = resource.units
    _write(tx, resource, fields)
    _count_units(tx, resource.id, before, resource.units)
    tx.flush()
    audit.record(tx, by, "resource.edited", "resource", str(resource.id), name=resource.name, units=resource.units)
    return resource


def withdraw_resource(tx: Tx, resource_id: UUID, version: int, *, now: datetime, by: UUID | None = None) -> Resource:
    """Nothing new is booked on it; what is booked stays. Raises Stale, NotFound."""
    resource = locked(tx, Resource, resource_id, version)
    resource.withdrawn_at = now
    tx.flush()
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
    name = faults.line("name", fields.name, most=80, needed=True)
    place = faults.line("place", fields.place, most=120)
    units = faults.whole("units", fields.units, least=1, most=MOST_UNITS)
    if fields.time_zone not in available_timezones():
        faults.add("time_zone", N_("Nobody knows this time zone. Write one such as Asia/Seoul."))
    slug = resource.slug
    if slug is None or fields.slug:
        slug = choose_slug(tx, Resource.slug, faults, wanted=fields.slug, name=name, own=resource.id)
    faults.stop()
    resource.name, resource.place, resource.units = name, place, units
    resource.time_zone, resource.slug = fields.time_zone, slug


def _count_units(tx: Tx, resource_id: UUID, before: int, after: int) -> None:
    """Adds the units that are new, removes from the top those that are gone, as far as no booking points at them."""
    if after > before:
        rows = [{"resource_id": resource_id, "unit": unit} for unit in range(before + 1, after + 1)]
        tx.execute(insert(ResourceUnit), rows)
    for unit in range(before, after, -1):
        try:
            with tx.begin_nested():
                gone = (ResourceUnit.resource_id == resource_id, ResourceUnit.unit == unit)
                tx.execute(delete(ResourceUnit).where(*gone))
        except IntegrityError as error:
            message = N_("Place number %(unit)s has bookings, so there have to be at least %(unit)s.")
            raise Invalid({"units": (message, {"unit": unit})}) from error
