"""The tree of categories and what is defined in it, as lines tell them."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from portal.domains import catalog
from portal.domains.catalog import Attribute, AttributeFields, CategoryFields, Node
from portal.kernel.errors import N_, Invalid
from portal.seeds.columns import yes_or_no
from portal.seeds.job import Importing
from portal.seeds.sheet import Line

OWN = ("slug", "description", "position", "unlisted")
TOLD_APART = re.compile(r"(.+) \[([a-z0-9-]+)\]")
"""A name with the address behind it, where two in one place have the same name."""


def category(job: Importing, path: tuple[str, ...]) -> UUID:
    """The category at the end of the path; what is missing of the way is made."""
    if path in job.paths:
        return job.paths[path]
    children = catalog.category_tree(job.tx, now=job.now, hidden=True)
    parent: UUID | None = None
    for name in path:
        if known := _named(children, name):
            parent, children = known.category.id, known.children
        else:
            parent, children = _make(job, name, parent, {"position": len(children)}), []
    if parent is None:
        raise ValueError("a path has at least one name")
    job.paths[path] = parent
    return parent


def import_category(job: Importing, line: Line) -> None:
    """A category as the line describes it."""
    path: tuple[str, ...] = line.cells["category"]
    if line.cells.get("name", path[-1]) != path[-1]:
        raise Invalid({"name": N_("leave this empty: the last name of the way is its name")})
    given: dict[str, Any] = {name: line.cells[name] for name in OWN if name in line.cells}
    parent = category(job, path[:-1]) if path[:-1] else None
    tree = catalog.flat(catalog.category_tree(job.tx, now=job.now, hidden=True))
    known = _named([node for node in tree if node.category.parent_id == parent], path[-1])
    if known is None:
        job.paths[path] = _make(job, path[-1], parent, given)
    else:
        kept = {name: getattr(known.category, name) for name in OWN}
        if kept != kept | given:
            fields = CategoryFields(known.category.name, parent_id=parent, **(kept | given))
            catalog.edit_category(job.tx, known.category.id, known.category.version, fields, by=job.by)
        job.paths[path] = known.category.id
    _show(job, job.paths[path], line.cells.get("published"))


def import_attribute(job: Importing, line: Line) -> None:
    """A definition as the line describes it; what products have of it is never lost."""
    home = category(job, line.cells["category"])
    known = catalog.find_attribute(job.tx, line.slug)
    names = ("unit", "options", "required", "filterable", "shown", "position")
    given: dict[str, Any] = {name: line.cells[name] for name in names if name in line.cells}
    given |= {"name": line.cells["name"], "kind": line.cells["type"]}
    if known is None:
        catalog.create_attribute(job.tx, home, AttributeFields(**given, slug=line.slug), by=job.by)
        return
    if known.category_id != home:
        raise Invalid({"category": (N_("«%(slug)s» is defined in another category already"), {"slug": line.slug})})
    kept = _kept(known)
    if kept != kept | given:
        catalog.edit_attribute(job.tx, known.id, known.version, AttributeFields(**(kept | given)), by=job.by)


def read_value(kind: str, cell: str) -> object:
    """The value a cell stands for; what it cannot be is left for the domain to refuse."""
    try:
        return READ.get(kind, str)(cell)
    except ValueError:
        return cell


def _number(cell: str) -> int | float:
    number = float(cell)
    return int(number) if number == int(number) else number


READ: dict[str, Callable[[str], object]] = {
    "number": _number,
    "flag": yes_or_no,
    "date": lambda cell: date.fromisoformat(cell).isoformat(),
}


def _named(nodes: list[Node], name: str) -> Node | None:
    """The one of that name, or of that address where it is told."""
    found = [node for node in nodes if node.category.name.casefold() == name.casefold()]
    if not found and (apart := TOLD_APART.fullmatch(name)):
        found = [node for node in nodes if node.category.slug == apart[2]]
    return found[0] if found else None


def _make(job: Importing, name: str, parent: UUID | None, given: dict[str, Any]) -> UUID:
    if apart := TOLD_APART.fullmatch(name):
        name, given = apart[1], {"slug": apart[2], **given}
    job.done.categories += 1
    return catalog.create_category(job.tx, CategoryFields(name, parent_id=parent, **given), by=job.by).id


def _show(job: Importing, category_id: UUID, wanted: bool | None) -> None:
    found = catalog.get_category(job.tx, category_id)
    if wanted is False and found.withdrawn_at is None:
        catalog.withdraw_category(job.tx, found.id, found.version, now=job.now, by=job.by)
    elif wanted and found.withdrawn_at is not None:
        catalog.restore_category(job.tx, found.id, found.version, by=job.by)


def _kept(known: Attribute) -> dict[str, Any]:
    names = ("name", "kind", "unit", "required", "filterable", "shown", "position")
    options = [(key, words) for key, words in known.options]
    return {name: getattr(known, name) for name in names} | {"options": options}
