"""On what the product of a line is booked, by which rules of time, and what else serves it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from portal.domains import catalog, reservations, resources
from portal.domains.catalog import Product
from portal.domains.resources import Hours, OfferingRules, PartRules, Resource, ResourceFields
from portal.kernel.errors import N_, Invalid
from portal.kernel.slugs import slug_of
from portal.reports import everything_sold
from portal.seeds.job import Importing
from portal.seeds.seasons import Season
from portal.seeds.serving import Serving, parts_of
from portal.seeds.sheet import Line

SAYS_OTHER = N_("line %(line)s says something else about «%(name)s»")


def offer(job: Importing, line: Line, product: Product) -> None:
    """On what it is offered, and by which rules."""
    offering = resources.offering_of(job.tx, product.id)
    if "resource" in line.cells:
        resource = import_resource(job, line)
    elif offering is not None:
        resource = resources.get_resource(job.tx, offering.resource_id)
    else:
        raise Invalid({"resource": N_("a booking needs what is booked; write its name, such as Studio A")})
    names = list(OfferingRules.__dataclass_fields__)
    kept = {name: getattr(offering, name) for name in names} if offering else {"max_quantity": resource.units}
    given: dict[str, Any] = {name: line.cells[name] for name in names if name in line.cells}
    if "length" in line.cells:
        given = {"min_length": line.cells["length"], "max_length": None, **given}
    elif offering is None:
        raise Invalid({"length": N_("a booking needs a length in minutes, such as 60")})
    rules = OfferingRules(**{**kept, **given})
    if offering is None or rules != OfferingRules(**kept) or offering.resource_id != resource.id:
        resources.offer(job.tx, product.id, resource.id, rules, by=job.by)


def import_resource(job: Importing, line: Line) -> Resource:
    """The resource of that name, made or changed as the line says. Two lines may share it, but not disagree on it."""
    slug = line.cells.get("resource_slug") or slug_of(line.cells["resource"])
    if not slug:
        raise Invalid({"resource": N_("write the name with some Latin letters or digits, or in Korean")})
    first = job.told.setdefault(slug, line)
    for name in ("place", "units", "time_zone", "hours", "seasons"):
        if name in line.cells and name in first.cells and line.cells[name] != first.cells[name]:
            raise Invalid({name: (SAYS_OTHER, {"line": first.number, "name": line.cells["resource"]})})
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
    if "seasons" in line.cells:
        _set_seasons(job, found, line.cells["seasons"])
    return found


def _set_seasons(job: Importing, resource: Resource, wanted: Sequence[Season]) -> None:
    """These and no others; what is as it was is not written again."""
    there = {(first, last): sorted(_plain(week)) for first, last, week in resources.dated_hours_of(job.tx, resource.id)}
    told = {(one.first, one.last): sorted(one.week) for one in wanted}
    try:
        for days in there.keys() - told.keys():
            resources.set_dated_hours(job.tx, resource.id, *days, [], by=job.by)
        for days, week in sorted(told.items()):
            if there.get(days) != week:
                resources.set_dated_hours(job.tx, resource.id, *days, week, by=job.by)
    except Invalid as fact:
        raise Invalid({"seasons": next(iter(fact.faults.values()))}) from None


def _plain(week: Iterable[Hours]) -> list[Hours]:
    return [Hours(one.weekday, one.opens, one.closes) for one in week]


def serve(job: Importing, line: Line) -> None:
    """What else serves the booking; by now every resource of the file is there."""
    product = catalog.find_product(job.tx, line.slug, hidden=True)
    if product is None:
        return  # its own line had a problem
    wanted: list[Serving] = line.cells["parts"]
    if wanted == parts_of(everything_sold.parts(job.tx, product.id).get(product.id, [])):
        return
    ids = {}
    for slug in {slug for part in wanted for slug in part.slugs}:
        found = resources.find_resource(job.tx, slug)
        if found is None:
            raise Invalid({"parts": (N_("there is no resource «%(slug)s»"), {"slug": slug})})
        ids[slug] = found.id
    parts = [PartRules(one.name, [ids[slug] for slug in one.slugs], one.once, one.choosable) for one in wanted]
    resources.set_parts(job.tx, product.id, parts, by=job.by)
