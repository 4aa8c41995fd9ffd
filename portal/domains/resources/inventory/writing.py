"""Writes an inventory: first what stands is locked and compared with what was read, then each kind of thing at once."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import Range

from portal.domains import audit
from portal.domains.resources.inventory.reading import Days, Inventory
from portal.domains.resources.models import Offering, OfferingPart, OfferingPlace, OpeningHours, Resource
from portal.domains.resources.openings import ALWAYS, openings
from portal.domains.resources.parts import rows_of
from portal.domains.resources.places import add_units, retire_units
from portal.kernel.db import Tx, among, insert_all
from portal.kernel.errors import Stale


def write(tx: Tx, inventory: Inventory) -> None:
    """Writes everything. Raises Stale, and Invalid where a unit that goes was booked this very moment; the caller then
    rolls back."""
    _lock(tx, Resource, [one for one in tx.dirty if isinstance(one, Resource)])
    _lock(tx, Offering, [one for one in tx.dirty if isinstance(one, Offering)])
    tx.flush()
    insert_all(tx, inventory.new.values())
    insert_all(tx, inventory.offered)
    more = {id: (before, inventory.ids[id].units) for id, before in inventory.units.items()}
    add_units(tx, more)
    for id, (before, after) in more.items():
        if after < before:
            retire_units(tx, inventory.ids[id], inventory.standing, inventory.now)
    for resource_id, days in inventory.openings:
        if resource_id not in inventory.new:
            own = OpeningHours.resource_id == resource_id, OpeningHours.days == _range(days)
            tx.execute(delete(OpeningHours).where(*own))
    weeks = inventory.openings.items()
    insert_all(tx, (row for (id, days), week in weeks for row in openings(id, _range(days), week)))
    _write_parts(tx, inventory)
    audit.record_all(tx, inventory.by, inventory.acts)


def _write_parts(tx: Tx, inventory: Inventory) -> None:
    if inventory.homes:
        own = tuple_(OfferingPlace.product_id, OfferingPlace.resource_id).in_(inventory.homes)
        tx.execute(delete(OfferingPlace).where(own))
    tx.execute(delete(OfferingPart).where(among(OfferingPart.product_id, inventory.parts)))
    told = [rows_of(product_id, parts, names) for product_id, (parts, names) in inventory.parts.items()]
    insert_all(tx, (row for rows, _places in told for row in rows))
    insert_all(tx, (place for _rows, places in told for place in places))


def _lock(tx: Tx, model: Any, rows: Iterable[Any]) -> None:
    seen: dict[UUID, int] = {row.id: row.version for row in rows}
    query = select(model.id, model.version).where(among(model.id, seen)).order_by(model.id)
    there = tx.execute(query.with_for_update(key_share=True)).all()
    if {row.id: row.version for row in there} != seen:
        raise Stale


def _range(days: Days) -> Range[date]:
    return Range(days[0], days[1] + timedelta(days=1), bounds="[)") if days else ALWAYS
