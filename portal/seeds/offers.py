"""On what the product of a line is booked, by which rules of time, and what else serves it."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from portal.domains.catalog import Product
from portal.domains.resources import MOST_UNITS, OfferingRules, PartRules, Resource, ResourceFields, inventory
from portal.kernel.errors import N_, Invalid
from portal.kernel.fields import Faults
from portal.seeds.job import Importing, noting
from portal.seeds.seasons import Season
from portal.seeds.sheet import Line

SAYS_OTHER = N_("line %(line)s says something else about «%(name)s»")


def offer(job: Importing, line: Line, product: Product, faults: Faults) -> None:
    """On what it is offered, and by which rules."""
    offering, resource = inventory.offering_of(job.inventory, product.id) or (None, None)
    if "resource" in line.cells:
        with noting(faults):
            import_resource(job, line)
        resource = job.inventory.resources.get(line.place)
    elif resource is None:
        faults.add("resource", N_("a booking needs what is booked; write its name, such as Studio A"))
    if resource is None:
        resource = inventory.pretend(job.inventory, f"line-{line.number}")
    names = list(OfferingRules.__dataclass_fields__)
    kept = {name: getattr(offering, name) for name in names} if offering else {"max_quantity": resource.units}
    kept["max_quantity"] = min(kept["max_quantity"], resource.units)  # where there are fewer of them by now
    given: dict[str, Any] = {name: line.cells[name] for name in names if name in line.cells}
    if "length" in line.cells:
        given = {"min_length": line.cells["length"], "max_length": None, **given}
    elif offering is None or "length" in line.unread:
        faults.add("length", N_("a booking needs a length in minutes, such as 60"))
        given = {"min_length": given.get("max_length", 60), **given}  # which no other rule objects to
    rules = OfferingRules(**{**kept, **given})
    meant = replace(rules, max_length=rules.max_length or rules.min_length)
    if offering is None or meant != OfferingRules(**kept) or offering.resource_id != resource.id:
        with noting(faults, resource_id="resource", min_length="length"):
            inventory.offer(job.inventory, product.id, product.kind, resource, rules)
        if faults.found:
            inventory.pretend_offer(job.inventory, product.id, resource)


def import_resource(job: Importing, line: Line) -> None:
    """The resource of that name, made or changed as the line says. Two lines may share it, but not disagree on it.
    Raises Invalid with all its faults."""
    slug, faults = line.place, Faults()
    if not slug:
        raise Invalid({"resource": N_("write the name with some Latin letters or digits, or in Korean")})
    first = job.told.setdefault(slug, line)
    for name in ("place", "units", "time_zone", "hours", "seasons"):
        if name in line.cells and name in first.cells and line.cells[name] != first.cells[name]:
            faults.add(name, SAYS_OTHER, line=first.number, name=line.cells["resource"])
    with noting(faults, name="resource", slug="resource_slug"):
        _write(job, line, slug)
    found = job.inventory.resources.get(slug) or inventory.pretend(job.inventory, slug)
    with noting(faults):
        if "hours" in line.cells and line.cells["hours"] != job.inventory.weeks[found.id].get(None, []):
            inventory.set_hours(job.inventory, found, line.cells["hours"])
    with noting(faults):
        if "seasons" in line.cells:
            _set_seasons(job, found, line.cells["seasons"])
    faults.stop()


def _write(job: Importing, line: Line, slug: str) -> None:
    found = job.inventory.resources.get(slug)
    usual = ResourceFields(line.cells.get("resource", ""), job.time_zone)
    kept = (
        replace(usual, **{name: getattr(found, name) for name in ("name", "place", "units", "time_zone")})
        if found
        else usual
    )
    wanted = replace(kept, **{name: line.cells[name] for name in ("place", "units", "time_zone") if name in line.cells})
    if "units" in line.unread:
        wanted = replace(wanted, units=MOST_UNITS)  # so that nobody is told that a booking takes too many of them
    if found is None:
        found = inventory.create_resource(job.inventory, replace(wanted, slug=slug))
        job.done.resources += 1
    elif asdict(wanted) != asdict(kept):
        inventory.edit_resource(job.tx, job.inventory, found, wanted)


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
    product, wanted = job.edition.products[line.slug], line.cells["parts"]
    if wanted == job.parts.get(product.id, []):
        return
    ids = {}
    for slug in {slug for part in wanted for slug in part.slugs}:
        if slug in job.unclear:
            return  # what is wrong with it is said where its own line is
        if slug not in job.inventory.resources:
            raise Invalid({"parts": (N_("there is no resource «%(slug)s»"), {"slug": slug})})
        ids[slug] = job.inventory.resources[slug].id
    parts = [PartRules(one.name, [ids[slug] for slug in one.slugs], one.once, one.choosable) for one in wanted]
    inventory.set_parts(job.inventory, product.id, parts)
