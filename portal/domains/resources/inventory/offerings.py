"""Changes in memory on what products are offered, by which rules of time, and what else serves them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified

from portal.domains.audit import Act
from portal.domains.resources.inventory.reading import Inventory
from portal.domains.resources.models import Offering, Resource
from portal.domains.resources.offerings import OfferingRules, change, check_offering
from portal.domains.resources.parts import PartRules, check_parts, told
from portal.kernel.errors import NotFound


def offering_of(inventory: Inventory, product_id: UUID) -> tuple[Offering, Resource] | None:
    """By which rules the product can be booked, and on what; None if it cannot be."""
    found = inventory.offerings.get(product_id)
    if found is None or inventory.ids[found.resource_id].withdrawn_at is not None:
        return None
    return found, inventory.ids[found.resource_id]


def offer(inventory: Inventory, product_id: UUID, kind: str, resource: Resource, rules: OfferingRules) -> None:
    """Offers the product on this resource, instead of where it was offered before. Raises Invalid."""
    values = check_offering(kind, resource, rules)
    offering = inventory.offerings.get(product_id)
    if offering is None:
        offering = inventory.offerings[product_id] = Offering(product_id=product_id)
        inventory.offered.append(offering)
    else:
        inventory.homes.append((product_id, resource.id))
    change(offering, resource.id, values)
    inventory.acts.append(Act("offering.set", "product", product_id, {"resource": str(resource.id), **values}))


def pretend_offer(inventory: Inventory, product_id: UUID, resource: Resource) -> None:
    """That the product is offered, which is never written, so that what else is said of it can be tried."""
    inventory.offerings.setdefault(product_id, Offering(product_id=product_id, resource_id=resource.id))


def set_parts(inventory: Inventory, product_id: UUID, parts: Sequence[PartRules]) -> None:
    """Replaces what else serves the product. Raises Invalid on `part-N` and `name-N`, NotFound."""
    offering = inventory.offerings.get(product_id)
    if offering is None:
        raise NotFound
    known = {id for id, resource in inventory.ids.items() if resource.withdrawn_at is None}
    names = check_parts(offering, parts, known)
    inventory.parts[product_id] = parts, names
    if offering not in inventory.offered:
        flag_modified(offering, "product_id")  # as parts.py says
    inventory.acts.append(Act("offering.parts", "product", product_id, {"parts": told(parts, names)}))
