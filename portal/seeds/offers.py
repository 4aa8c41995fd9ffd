"""On what the product of a line is booked, by which rules of time, and what else serves it."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from portal.domains.catalog import Product
from portal.domains.resources import OfferingRules, PartRules, Resource, ResourceFields, inventory
from portal.kernel.errors import N_, Invalid
from portal.seeds.job import Importing
from portal.seeds.seasons import Season
from portal.seeds.sheet import Line

SAYS_OTHER = N_("line %(line)s says something else about «%(name)s»")


def offer(job: Importing, line: Line, product: Product) -> None:
    """On what it is offered, and by which rules."""
    offering, resource = inventory.offering_of(job.inventory, product.id) or (None, None)
    if "resource" in line.cells:
        resource = import_resource(job, line)
    elif resource is None:
        raise Invalid({"resource": N_("a booking needs what is booked; write its name, such as Studio A")})
    names = list(OfferingRules.__dataclass_fields__)
    kept = {name: getattr(offering, name) for name in names} if offering else {"max_quantity": resource.units}
    given: dict[str, Any] = {name: line.cells[name] for name in names if name in line.cells}
    if "length" in line.cells:
        given = {"min_length": line.cells["length"], "max_length": None, **given}
    elif offering is None:
        raise Invalid({"length": N_("a booking needs a length in minutes, such as 60")})
    rules = OfferingRules(**{**kept, **given})
    meant = replace(rules, max_length=rules.max_length or rules.min_length)
    if offering is None or meant != OfferingRules(**kept) or offering.resource_id != resource.id:
        inventory.offer(job.inventory, product.id, product.kind, resource, rules)


def import_resource(job: Importing, line: Line) -> Resource:
    """The resource of that name, made or changed as the line says. Two lines may share it, but not disagree on it."""
    slug = line.place
    if not slug:
        raise Invalid({"resource": N_("write the name with some Latin letters or digits, or in Korean")})
    first = job.told.setdefault(slug, line)
    for name in ("place", "units", "time_zone", "hours", "seasons"):
        if name in line.cells and name in first.cells and line.cells[name] != first.cells[name]:
            raise Invalid({name: (SAYS_OTHER, {"line": first.number, "name": line.cells["resource"]})})
    found = job.inventory.resources.get(slug)
    usual = ResourceFields(line.cells["resource"], job.time_zone)
    kept = (
        replace(usual, **{name: getattr(found, name) for name in ("name", "place", "units", "time_zone")})
        if found
        else usual
    )
    wanted = replace(kept, **{name: line.cells[name] for name in ("place", "units", "time_zone") if name in line.cells})
    if found is None:
        found = inventory.create_resource(job.inventory, replace(wanted, slug=slug))
        job.done.resources += 1
    elif asdict(wanted) != asdict(kept):
        inventory.edit_resource(job.tx, job.inventory, found, wanted)
    hours = line.cells.get("hours")
    if hours is not None and hours != job.inventory.weeks[found.id].get(None, []):
        inventory.set_hours(job.inventory, found, hours)
    if "seasons" in line.cells:
        _set_seasons(job, found, line.cells["seasons"])
    return found


def _set_seasons(job: Importing, resource: Resource, wanted: Sequence[Season]) -> None:
    """These and no others; what is as it was is not written again."""
    there = {days: sorted(week) for days, week in job.inventory.weeks[resource.id].items() if days}
    told = {(one.first, one.last): sorted(one.week) for one in wanted}
    try:
        for days in there.keys() - told.keys():
            inventory.set_dated_hours(job.inventory, resource, *days, [])
        for days, week in sorted(told.items()):
            if there.get(days) != week:
                inventory.set_dated_hours(job.inventory, resource, *days, week)
    except Invalid as fact:
        raise Invalid({"seasons": next(iter(fact.faults.values()))}) from None


def serve(job: Importing, line: Line) -> None:
    """What else serves the booking; by now every resource of the file is there."""
    if line.slug in job.bad:
        return
    product, wanted = job.edition.products[line.slug], line.cells["parts"]
    if wanted == job.parts.get(product.id, []):
        return
    ids = {}
    for slug in {slug for part in wanted for slug in part.slugs}:
        if slug not in job.inventory.resources:
            raise Invalid({"parts": (N_("there is no resource «%(slug)s»"), {"slug": slug})})
        ids[slug] = job.inventory.resources[slug].id
    parts = [PartRules(one.name, [ids[slug] for slug in one.slugs], one.once, one.choosable) for one in wanted]
    inventory.set_parts(job.inventory, product.id, parts)
