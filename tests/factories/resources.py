"""Makes resources, offerings, and everything together that is needed to book."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from portal.domains.catalog.models import Price, Product
from portal.domains.resources.models import (
    Offering,
    OfferingPart,
    OfferingPlace,
    OpeningHours,
    Resource,
    ResourceUnit,
)
from portal.kernel.db import Tx
from tests.factories import catalog

ALWAYS = tuple((weekday, 0, 1440) for weekday in range(7))

_numbers = count(1)


@dataclass(frozen=True)
class Bookable:
    """A product that can be booked, and what stands behind it."""

    product: Product
    resource: Resource
    offering: Offering
    price: Price


def resource(
    tx: Tx,
    *,
    units: int = 1,
    time_zone: str = "Asia/Seoul",
    hours: Iterable[tuple[int, int, int]] = ALWAYS,
    name: str = "Room",
    slug: str | None = None,
) -> Resource:
    """A resource with its units. `hours` are (weekday, opens, closes) in minutes; open day and night unless given."""
    made = Resource(name=name, slug=slug or f"resource-{next(_numbers)}", units=units, time_zone=time_zone)
    tx.add(made)
    tx.flush()
    tx.add_all(ResourceUnit(resource_id=made.id, unit=unit) for unit in range(1, units + 1))
    tx.add_all(
        OpeningHours(resource_id=made.id, weekday=weekday, minutes=Range(opens, closes, bounds="[)"))
        for weekday, opens, closes in hours
    )
    tx.flush()
    return made


def offering(
    tx: Tx, product_id: UUID, resource_id: UUID, *, length: int = 60, max_length: int | None = None, **rules: int
) -> Offering:
    """The product on the resource: `length` minutes, or any length from it to `max_length`."""
    made = Offering(
        product_id=product_id, resource_id=resource_id, min_length=length, max_length=max_length or length, **rules
    )
    tx.add(made)
    tx.flush()
    return made


def bookable(
    tx: Tx,
    *,
    units: int = 1,
    length: int = 60,
    max_length: int | None = None,
    amount: int | str | Decimal = 30000,
    price_unit: str = "booking",
    time_zone: str = "Asia/Seoul",
    hours: Iterable[tuple[int, int, int]] = ALWAYS,
    on: Resource | None = None,
    name: str = "Studio A",
    slug: str | None = None,
    **rules: int,
) -> Bookable:
    """A published product with a price, offered on a resource of its own, or on `on`, shared with another product.

    `rules` go to the offering (start_step, buffer_before, max_quantity …); up to all units can be booked at once.
    """
    sold = catalog.product(tx, name=name, slug=slug)
    paid = catalog.price(tx, sold.id, amount=amount, unit=price_unit)
    place = on or resource(tx, units=units, time_zone=time_zone, hours=hours)
    rules.setdefault("max_quantity", place.units)
    offered = offering(tx, sold.id, place.id, length=length, max_length=max_length, **rules)
    return Bookable(product=sold, resource=place, offering=offered, price=paid)


def also(tx: Tx, product_id: UUID, *parts: Iterable[UUID], choosable: bool = False, once: Iterable[int] = ()) -> None:
    """What else serves the product: the first in place of its own resource, the others as further parts of it."""
    names = ("Therapist", "Room", "Guide")
    for number, resource_ids in enumerate(parts):
        part = {"product_id": product_id, "number": number}
        tx.add(OfferingPart(**part, name=names[number], choosable=choosable, once=number in set(once)))
        tx.flush()
        tx.add_all(OfferingPlace(**part, resource_id=resource_id) for resource_id in resource_ids)
    tx.flush()
