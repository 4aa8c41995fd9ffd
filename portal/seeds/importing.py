"""Brings a catalog file into the house: every line, or none; again and again without doubling anything.

A product is known by its slug, a resource by its name, a category by its way through the tree. A cell left empty keeps
what is there, or means the usual.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from portal.domains import catalog, reservations, resources
from portal.domains.catalog import CategoryFields, Product, ProductFields
from portal.domains.resources import OfferingRules, Resource, ResourceFields
from portal.kernel.db import Tx
from portal.kernel.errors import Invalid
from portal.kernel.slugs import slug_of
from portal.seeds.sheet import BadSheet, Line, Problem, read_sheet

COLUMN_OF = {
    "category_id": "category",
    "parent_id": "category",
    "amount": "price",
    "starts_at": "price",
    "unit": "price_unit",
    "count": "stock",
    "resource_id": "resource",
    "min_length": "length",
}
"""Where a fault of the domain is shown, if its field has another name in the file."""

USUAL_UNIT = {"booking": "booking", "goods": "piece"}


@dataclass
class Imported:
    """What an import did."""

    created: int = 0
    updated: int = 0
    categories: int = 0
    resources: int = 0


@dataclass
class Importing:
    """One import under way: what its lines share."""

    tx: Tx
    now: datetime
    currency: str
    time_zone: str
    by: UUID | None
    done: Imported = field(default_factory=Imported)
    told: dict[str, Line] = field(default_factory=dict)
    """The line that first described each resource."""
    paths: dict[tuple[str, ...], UUID] = field(default_factory=dict)
    """Categories that are known by now."""


def import_catalog(
    tx: Tx,
    data: bytes,
    *,
    now: datetime,
    currency: str = "KRW",
    time_zone: str = "Asia/Seoul",
    by: UUID | None = None,
) -> Imported:
    """Imports the file in the caller's transaction. Raises BadSheet with all problems; the caller then rolls back."""
    lines = read_sheet(data)
    job = Importing(tx, now, currency, time_zone, by)
    problems: list[Problem] = []
    for line in lines:
        try:
            with tx.begin_nested():
                _import(job, line)
        except Invalid as fact:
            job.paths.clear()  # a category made for this line is gone again
            for name, (text, params) in fact.faults.items():
                column = COLUMN_OF.get(name, "hours" if name.startswith("hours") else name)
                problems.append(Problem(line.number, column, text % params if params else text))
    if problems:
        raise BadSheet(problems)
    return job.done


def _import(job: Importing, line: Line) -> None:
    product = catalog.find_product(job.tx, line.slug, hidden=True)
    if product is None and "price" not in line.cells:
        raise Invalid({"price": "a new product needs a price, such as 30000"})
    if product is not None and product.kind != line.cells["kind"]:
        raise Invalid({"kind": f"«{line.slug}» is there already as {product.kind}; give this one another slug"})
    created = product is None
    product = _write_product(job, line, product, _category(job, line.cells["category"]))
    _set_price(job, line, product)
    _promise(job, line, product)
    if product.kind == "booking":
        _offer(job, line, product)
    elif "stock" in line.cells:
        catalog.set_stock(job.tx, product.id, line.cells["stock"], reason="import", by=job.by)
    job.done.created += created
    job.done.updated += not created


def _category(job: Importing, path: tuple[str, ...]) -> UUID:
    """The category at the end of the path; what is missing of the way is made."""
    if path in job.paths:
        return job.paths[path]
    children = catalog.category_tree(job.tx, now=job.now, hidden=True)
    parent: UUID | None = None
    for name in path:
        known = next((node for node in children if node.category.name.casefold() == name.casefold()), None)
        if known is not None:
            parent, children = known.category.id, known.children
        else:
            fields = CategoryFields(name, parent_id=parent, position=len(children))
            parent, children = catalog.create_category(job.tx, fields, by=job.by).id, []
            job.done.categories += 1
    if parent is None:
        raise ValueError("a path has at least one name")
    job.paths[path] = parent
    return parent


def _write_product(job: Importing, line: Line, product: Product | None, category_id: UUID) -> Product:
    names = ("summary", "description", "cover")
    given = {name: line.cells[name] for name in names if name in line.cells}
    if product is None:
        fields = ProductFields(category_id, line.cells["name"], **given, slug=line.slug)
        product = catalog.create_product(job.tx, line.cells["kind"], fields, by=job.by)
    else:
        texts = {name: getattr(product, name) for name in names}
        kept = ProductFields(product.category_id, product.name, **texts, attributes=product.attributes)
        fields = replace(kept, category_id=category_id, name=line.cells["name"], **given)
        if fields != kept:
            product = catalog.edit_product(job.tx, product.id, product.version, fields, by=job.by)
    shown = product.published_at is not None and product.withdrawn_at is None
    never_shown = product.published_at is None and product.withdrawn_at is None
    wanted = line.cells.get("published", shown or never_shown)
    if wanted and not shown:
        catalog.publish_product(job.tx, product.id, product.version, now=job.now, by=job.by)
    elif shown and not wanted:
        catalog.withdraw_product(job.tx, product.id, product.version, now=job.now, by=job.by)
    return product


def _set_price(job: Importing, line: Line, product: Product) -> None:
    """The price from now on, if it is another than now's; until the next one that is scheduled already."""
    current = catalog.price_at(job.tx, product.id, job.now)
    if "price" not in line.cells:
        if "price_unit" in line.cells and (current is None or current.unit != line.cells["price_unit"]):
            raise Invalid({"price": "say what the price is when you say what it is for"})
        return
    amount: Decimal = line.cells["price"]
    unit = line.cells.get("price_unit") or (current.unit if current else USUAL_UNIT[product.kind])
    if current is not None and (current.amount, current.unit, current.currency) == (amount, unit, job.currency):
        return
    later = [price.valid.lower for price in catalog.price_history(job.tx, product.id) if price.valid.lower]
    ends_at = min((start for start in later if start > job.now), default=None)
    catalog.schedule_price(
        job.tx,
        product.id,
        amount=amount,
        unit=unit,
        ends_at=ends_at,
        currency=job.currency,
        reason="import",
        set_by=job.by,
        now=job.now,
        zone=job.time_zone,
    )


def _promise(job: Importing, line: Line, product: Product) -> None:
    """The refund policy it is sold under. Policies are written by staff; a file only names them."""
    if "refund_policy" not in line.cells:
        return
    name = line.cells["refund_policy"]
    policy = catalog.find_refund_policy(job.tx, name)
    if policy is None:
        known = ", ".join(f"«{one.policy.name}»" for one in catalog.refund_policies(job.tx)) or "none yet"
        raise Invalid({"refund_policy": f"there is no policy «{name}»; there are: {known}"})
    if product.refund_policy_id != policy.id:
        catalog.assign_refund_policy(job.tx, product.id, product.version, policy.id, by=job.by)


def _offer(job: Importing, line: Line, product: Product) -> None:
    """On what it is offered, and by which rules."""
    offering = resources.offering_of(job.tx, product.id)
    if "resource" in line.cells:
        resource = _resource(job, line)
    elif offering is not None:
        resource = resources.get_resource(job.tx, offering.resource_id)
    else:
        raise Invalid({"resource": "a booking needs what is booked; write its name, such as Studio A"})
    names = list(OfferingRules.__dataclass_fields__)
    kept = {name: getattr(offering, name) for name in names} if offering else {"max_quantity": resource.units}
    given: dict[str, Any] = {name: line.cells[name] for name in names if name in line.cells}
    if "length" in line.cells:
        given = {"min_length": line.cells["length"], "max_length": None, **given}
    elif offering is None:
        raise Invalid({"length": "a booking needs a length in minutes, such as 60"})
    rules = OfferingRules(**{**kept, **given})
    if offering is None or rules != OfferingRules(**kept) or offering.resource_id != resource.id:
        resources.offer(job.tx, product.id, resource.id, rules, by=job.by)


def _resource(job: Importing, line: Line) -> Resource:
    """The resource of that name, made or changed as the line says. Two lines may share it, but not disagree on it."""
    slug = slug_of(line.cells["resource"])
    if not slug:
        raise Invalid({"resource": "write the name with some Latin letters or digits, or in Korean"})
    first = job.told.setdefault(slug, line)
    for name in ("place", "units", "time_zone", "hours"):
        if name in line.cells and name in first.cells and line.cells[name] != first.cells[name]:
            raise Invalid({name: f"line {first.number} says something else about «{line.cells['resource']}»"})
    found = resources.find_resource(job.tx, slug)
    usual = ResourceFields(line.cells["resource"], job.time_zone)
    kept = (
        replace(usual, **{name: getattr(found, name) for name in ("name", "place", "units", "time_zone")})
        if found
        else usual
    )
    wanted = replace(kept, **{name: line.cells[name] for name in ("place", "units", "time_zone") if name in line.cells})
    if found is None:
        found = resources.create_resource(job.tx, replace(wanted, slug=slug), by=job.by)
        job.done.resources += 1
    elif asdict(wanted) != asdict(kept):
        found = resources.edit_resource(
            job.tx, found.id, found.version, wanted, standing=reservations.starts_above, now=job.now, by=job.by
        )
    hours = line.cells.get("hours")
    if hours is not None and hours != resources.hours_of(job.tx, found.id):
        resources.set_hours(job.tx, found.id, found.version, hours, by=job.by)
    return found
