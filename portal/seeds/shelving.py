"""The tree of categories and what is defined in it, as lines tell them."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.domains import catalog
from portal.domains.catalog import Attribute, AttributeFields, Category, CategoryFields, Node
from portal.kernel.db import Tx
from portal.kernel.errors import N_
from portal.kernel.fields import Faults
from portal.seeds.columns import yes_or_no
from portal.seeds.job import Arranging, Imported, noting
from portal.seeds.sheet import Line

OWN = ("slug", "description", "position", "unlisted")
TOLD_APART = re.compile(r"(.+) \[([a-z0-9-]+)\]")
"""A name with the address behind it, where two in one place have the same name."""


def arrange(tx: Tx, *, now: datetime, by: UUID | None, done: Imported) -> Arranging:
    """The tree as it is."""
    return Arranging(tx, now, by, done, catalog.category_tree(tx, now=now, hidden=True))


def category(job: Arranging, path: tuple[str, ...]) -> Node:
    """The category at the end of the path; what is missing of the way is made."""
    if path not in job.paths:
        above = category(job, path[:-1]) if path[:-1] else None
        beside = above.children if above else job.tree
        job.paths[path] = _named(beside, path[-1]) or _make(job, path[-1], above, {"position": len(beside)})
    return job.paths[path]


def import_category(job: Arranging, line: Line) -> None:
    """A category as the line describes it."""
    path, faults = _way(line), Faults()
    if line.cells.get("name", path[-1]) != path[-1]:
        faults.add("name", N_("leave this empty: the last name of the way is its name"))
    given: dict[str, Any] = {name: line.cells[name] for name in OWN if name in line.cells}
    with noting(faults, name="category"):
        above = category(job, path[:-1]) if path[:-1] else None
        node = _named(above.children if above else job.tree, path[-1])
        if node is None:
            node = _make(job, path[-1], above, given)
        else:
            known = node.category
            kept = {name: getattr(known, name) for name in OWN}
            if kept != kept | given:
                fields = CategoryFields(known.name, parent_id=known.parent_id, **(kept | given))
                catalog.edit_category(job.tx, known.id, known.version, fields, by=job.by)
        job.paths[path] = node
        _show(job, node.category, line.cells.get("published"))
    faults.stop()


def import_attribute(job: Arranging, line: Line) -> None:
    """A definition as the line describes it; what products have of it is never lost."""
    faults = Faults()
    home: Category | None = None
    with noting(faults, name="category"):
        home = category(job, _way(line)).category
    known = catalog.find_attribute(job.tx, line.slug)
    names = ("name", "unit", "options", "required", "filterable", "shown", "position")
    given: dict[str, Any] = {name: line.cells[name] for name in names if name in line.cells}
    if "type" in line.cells:
        given["kind"] = line.cells["type"]
    with noting(faults, kind="type"):
        if known is None and home is not None:
            usual = {"name": "", "kind": "choice" if "options" in given else "number"}  # which nobody objects to
            catalog.create_attribute(job.tx, home.id, AttributeFields(**(usual | given), slug=line.slug), by=job.by)
        elif known is not None:
            if home is not None and known.category_id != home.id and "category" not in line.unread:
                faults.add("category", N_("«%(slug)s» is defined in another category already"), slug=line.slug)
            kept = _kept(known)
            if kept != kept | given:
                catalog.edit_attribute(job.tx, known.id, known.version, AttributeFields(**(kept | given)), by=job.by)
    faults.stop()


def read_value(kind: str, cell: str) -> object:
    """The value a cell stands for; what it cannot be is left for the domain to refuse."""
    try:
        return READ.get(kind, str)(cell)
    except ValueError:
        return cell


def _number(cell: str) -> int | float:
    number = float(cell)
    return int(number) if number.is_integer() else number


READ: dict[str, Callable[[str], object]] = {
    "number": _number,
    "flag": yes_or_no,
    "date": lambda cell: date.fromisoformat(cell).isoformat(),
}


def _way(line: Line) -> tuple[str, ...]:
    """Where it stands; if that is not said, somewhere it can be tried."""
    return line.cells.get("category", (f"line {line.number}",))


def _named(nodes: list[Node], name: str) -> Node | None:
    """The one of that name, or of that address where it is told."""
    found = [node for node in nodes if node.category.name.casefold() == name.casefold()]
    if not found and (apart := TOLD_APART.fullmatch(name)):
        found = [node for node in nodes if node.category.slug == apart[2]]
    return found[0] if found else None


def _make(job: Arranging, name: str, above: Node | None, given: dict[str, Any]) -> Node:
    if apart := TOLD_APART.fullmatch(name):
        name, given = apart[1], {"slug": apart[2], **given}
    parent_id = above.category.id if above else None
    made = catalog.create_category(job.tx, CategoryFields(name, parent_id=parent_id, **given), by=job.by)
    node = Node(made, above.depth + 1 if above else 0, 0)
    (above.children if above else job.tree).append(node)
    job.done.categories += 1
    return node


def _show(job: Arranging, found: Category, wanted: bool | None) -> None:
    if wanted is False and found.withdrawn_at is None:
        catalog.withdraw_category(job.tx, found.id, found.version, now=job.now, by=job.by)
    elif wanted and found.withdrawn_at is not None:
        catalog.restore_category(job.tx, found.id, found.version, by=job.by)


def _kept(known: Attribute) -> dict[str, Any]:
    names = ("name", "kind", "unit", "required", "filterable", "shown", "position")
    options = [(key, words) for key, words in known.options]
    return {name: getattr(known, name) for name in names} | {"options": options}
