"""Writes on what a product is offered, and by which rules of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from portal.domains import audit, catalog
from portal.domains.resources.models import Offering, OfferingPart, OfferingPlace, Resource
from portal.kernel.db import Tx
from portal.kernel.errors import N_, NotFound, Stale
from portal.kernel.fields import Faults

LONGEST = 1440


@dataclass(frozen=True)
class OfferingRules:
    """All lengths in minutes. `max_length` None: the length is fixed. Starts are counted from each opening."""

    min_length: int
    max_length: int | None = None
    length_step: int = 30
    start_step: int = 30
    buffer_before: int = 0
    buffer_after: int = 0
    lead_time: int = 0
    horizon_days: int = 90
    max_quantity: int = 1
    once_each: bool = False
    """Whether one person has one booking of a time at most."""


def offer(
    tx: Tx,
    product_id: UUID,
    resource_id: UUID,
    rules: OfferingRules,
    *,
    version: int | None = None,
    by: UUID | None = None,
) -> Offering:
    """Offers the product on this resource, instead of where it was offered before. `version`: of the offering that was
    seen, 0 for none. Raises Stale, Invalid, NotFound."""
    product = catalog.get_product(tx, product_id)
    resource = tx.get(Resource, resource_id)
    values = check_offering(product.kind, resource, rules)
    # Locked, so that two editors do not offer it in two places.
    offering = locked_offering(tx, product_id, version)
    if offering is None:
        offering = Offering(product_id=product_id, resource_id=resource_id, **values)
        tx.add(offering)
    else:
        change(offering, resource_id, values)
    # What is its own is not among the others any more.
    tx.execute(
        delete(OfferingPlace).where(OfferingPlace.product_id == product_id, OfferingPlace.resource_id == resource_id)
    )
    tx.flush()
    audit.record(tx, by, "offering.set", "product", str(product_id), resource=str(resource_id), **values)
    return offering


def check_offering(kind: str, resource: Resource | None, rules: OfferingRules) -> dict[str, int | bool]:
    """The rules as they are kept. Raises Invalid."""
    faults = Faults()
    if kind != "booking":
        faults.add("resource_id", N_("Goods are bought, not booked: they need no place."))
    if resource is None or resource.withdrawn_at is not None:
        faults.add("resource_id", N_("There is no such place to book."))
    values = _checked(faults, rules, resource.units if resource else 1)
    faults.stop()
    return values


def change(offering: Offering, resource_id: UUID, values: Mapping[str, int | bool]) -> None:
    """Writes what was checked."""
    offering.resource_id = resource_id
    for name, value in values.items():
        setattr(offering, name, value)


def locked_offering(tx: Tx, product_id: UUID, version: int | None) -> Offering | None:
    """The offering, locked. Raises Stale if it is another than was seen."""
    query = select(Offering).where(Offering.product_id == product_id).with_for_update()
    found = tx.scalar(query.execution_options(populate_existing=True))
    if version is not None and version != (found.version if found else 0):
        raise Stale
    return found


def stop_offering(tx: Tx, product_id: UUID, *, by: UUID | None = None) -> None:
    """The product cannot be booked anywhere; what is booked stays. Raises NotFound."""
    offering = tx.scalar(select(Offering).where(Offering.product_id == product_id).with_for_update())
    if offering is None:
        raise NotFound
    tx.delete(offering)
    tx.execute(delete(OfferingPart).where(OfferingPart.product_id == product_id))
    tx.flush()
    audit.record(tx, by, "offering.stopped", "product", str(product_id))


def _checked(faults: Faults, rules: OfferingRules, units: int) -> dict[str, int | bool]:
    least = faults.whole("min_length", rules.min_length, least=5, most=LONGEST)
    most = least if rules.max_length is None else faults.whole("max_length", rules.max_length, least=5, most=LONGEST)
    step = faults.whole("length_step", rules.length_step, least=5, most=LONGEST)
    sound = not faults.found.keys() & {"min_length", "max_length", "length_step"}
    if sound and most < least:
        faults.add("max_length", N_("The longest time cannot be shorter than the shortest."))
    elif sound and (most - least) % step:
        faults.add(
            "length_step", N_("Steps of %(step)s minutes do not lead from the shortest to the longest time."), step=step
        )
    notice = faults.whole("lead_time", rules.lead_time, least=0, most=365 * LONGEST)
    ahead = faults.whole("horizon_days", rules.horizon_days, least=1, most=730)
    if not faults.found.keys() & {"lead_time", "horizon_days"} and notice >= (ahead + 1) * LONGEST:
        faults.add("lead_time", N_("This is longer than the days ahead: nothing could ever be booked."))
    return {
        "min_length": least,
        "max_length": most,
        "length_step": step,
        "start_step": faults.whole("start_step", rules.start_step, least=5, most=LONGEST),
        "buffer_before": faults.whole("buffer_before", rules.buffer_before, least=0, most=LONGEST),
        "buffer_after": faults.whole("buffer_after", rules.buffer_after, least=0, most=LONGEST),
        "lead_time": notice,
        "horizon_days": ahead,
        "max_quantity": faults.whole("max_quantity", rules.max_quantity, least=1, most=units),
        "once_each": rules.once_each,
    }
