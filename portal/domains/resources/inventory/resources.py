"""Changes resources of an inventory in memory. Each act is what the one of the same name does to a single resource."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func

from portal.domains.audit import Act
from portal.domains.resources.inventory.reading import Inventory
from portal.domains.resources.models import Resource
from portal.domains.resources.openings import check_days, check_room, check_week
from portal.domains.resources.places import MOST_UNITS, ResourceFields, check_fields, check_free
from portal.domains.resources.rules import Hours
from portal.kernel import clock
from portal.kernel.db import Tx
from portal.kernel.fields import Faults
from portal.kernel.ids import new_id
from portal.kernel.slugs import check_form


def create_resource(inventory: Inventory, fields: ResourceFields) -> Resource:
    """A new resource, closed until it has opening hours; its short name has to be said. Raises Invalid."""
    faults, slug = Faults(), fields.slug or ""
    told = check_fields(faults, fields)
    check_form(faults, slug)
    faults.stop()
    resource = Resource(id=new_id(), slug=slug, **told)
    inventory.resources[slug] = inventory.ids[resource.id] = inventory.new[resource.id] = resource
    inventory.units[resource.id] = 0
    note(inventory, resource, "resource.created", name=resource.name)
    return resource


def pretend(inventory: Inventory, slug: str) -> Resource:
    """A resource of this short name that is never written, so that what else is said of it can be tried."""
    resource = Resource(id=new_id(), slug=slug, name="", place="", units=MOST_UNITS, time_zone="UTC")
    inventory.resources[slug] = inventory.ids[resource.id] = resource
    return resource


def edit_resource(tx: Tx, inventory: Inventory, resource: Resource, fields: ResourceFields) -> None:
    """Writes all fields but the short name. Raises Invalid; only whether units that go are free has to be asked."""
    faults = Faults()
    told = check_fields(faults, fields)
    faults.stop()
    if told["units"] < resource.units:
        check_free(resource, told["units"], inventory.standing(tx, resource.id, told["units"], inventory.now))
    if told["units"] != resource.units:
        inventory.units.setdefault(resource.id, resource.units)
    for name, value in told.items():
        setattr(resource, name, value)
    note(inventory, resource, "resource.edited", name=resource.name, units=resource.units)


def set_hours(inventory: Inventory, resource: Resource, rows: Iterable[Hours]) -> None:
    """Replaces its usual week. Raises Invalid on `hours-N`."""
    week = check_week(rows)
    _open(inventory, resource, None, week)
    note(inventory, resource, "hours.set", rows=len(week))


def set_dated_hours(inventory: Inventory, resource: Resource, first: date, last: date, rows: Sequence[Hours]) -> None:
    """The week from day `first` to `last` in place of the usual one; with no rows it goes. Raises Invalid."""
    week = check_days(first, last, rows)
    if week:
        today = inventory.now.astimezone(clock.zone(resource.time_zone)).date()
        others = inventory.weeks[resource.id].keys() - {(first, last)}
        check_room(sum(days is not None and days[1] >= today for days in others))
    _open(inventory, resource, (first, last), week)
    told = {"first": first.isoformat(), "last": last.isoformat(), "rows": len(week)}
    note(inventory, resource, "hours.dated", **told)


def note(inventory: Inventory, resource: Resource, action: str, **details: Any) -> None:
    """What the audit log is told."""
    inventory.acts.append(Act(action, "resource", resource.id, details))


def _open(inventory: Inventory, resource: Resource, days: tuple[date, date] | None, week: list[Hours]) -> None:
    inventory.openings[resource.id, days] = week
    inventory.weeks[resource.id][days] = week
    if not week:
        del inventory.weeks[resource.id][days]
    if resource.id not in inventory.new:
        resource.updated_at = func.now()  # the week belongs to it: whoever read the old one is stale now
