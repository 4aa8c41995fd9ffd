"""The lines of a catalog file with typed cells, and every problem that can be seen in them alone, each with its line
and column."""

from collections.abc import Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from portal.kernel.errors import N_
from portal.kernel.fields import UNKEEPABLE
from portal.kernel.slugs import slug_of
from portal.seeds.columns import ALL, ATTRIBUTE, BOOKED, CATEGORY, COLUMNS, PRODUCTS, RESOURCE, VALUE, Column
from portal.seeds.faults import Problem, Unreadable
from portal.seeds.rows import Row, read_rows

KINDS_OF_LINES = COLUMNS["kind"].of
ONLY = {
    frozenset({"goods"}): N_("only goods have this; leave it empty"),
    frozenset({"booking"}): N_("only bookings have this; leave it empty"),
    frozenset({CATEGORY}): N_("only categories have this; leave it empty"),
    frozenset({ATTRIBUTE}): N_("only attributes have this; leave it empty"),
    frozenset({CATEGORY, ATTRIBUTE}): N_("only categories and attributes have this; leave it empty"),
    frozenset({*PRODUCTS, CATEGORY}): N_("only goods, bookings and categories have this; leave it empty"),
    frozenset(BOOKED): N_("only bookings and resources have this; leave it empty"),
    frozenset(ALL): N_("resources do not have this; leave it empty"),
    frozenset(PRODUCTS): N_("only goods and bookings have this; leave it empty"),
}
SAME_ADDRESS = N_("«%(slug)s» is the address of line %(line)s already; give one of them another slug")
NO_ADDRESS = N_("no address can be made of this name; write one in the column slug, such as studio-a")


VALUES = Column(str)
"""Of attributes: what their cells say, only their definitions tell."""


@dataclass(frozen=True)
class Line:
    """A line with the cells that are filled in, read by their columns."""

    number: int
    cells: dict[str, Any]
    values: dict[str, str]
    """Of attributes, by their short names, as they were written."""
    unread: Set[str] = frozenset()
    """Columns of which something is told already, so that nothing more need be."""

    @property
    def kind(self) -> str:
        """Empty where nobody can tell what the line is about."""
        return str(self.cells.get("kind", ""))

    @cached_property
    def place(self) -> str:
        """The short name of what is booked; empty if the line does not say it."""
        return str(self.cells.get("resource_slug") or slug_of(self.cells.get("resource", "")))

    @cached_property
    def slug(self) -> str:
        """The address it is known by; of a category only the one that is written."""
        if self.kind == CATEGORY:
            return str(self.cells.get("slug", ""))
        if self.kind == RESOURCE:
            return self.place
        whole = self.cells.get("variant_of", "")
        return str(self.cells.get("slug") or slug_of(f"{whole} {self.cells.get('name', '')}"))


def read_sheet(data: bytes) -> tuple[list[Line], list[Problem]]:
    """The lines, each with what can be read of it, and all that cannot. Raises BadSheet where nothing can be read."""
    problems: list[Problem] = []
    rows = read_rows(data, problems)
    lines = [_read_line(row, problems) for row in rows]
    return _with_addresses(lines, problems), problems


def _read_line(row: Row, problems: list[Problem]) -> Line:
    kind = row.cells.get("kind", "")
    read: dict[str, Any] = {}
    values: dict[str, str] = {}
    found: dict[str, Unreadable] = {}
    for name, column in COLUMNS.items():
        try:
            if cell := row.cells.get(name, ""):
                read[name] = _read(column, kind, cell)
            elif name not in row.unread and _is_needed(column, kind):
                raise Unreadable(N_("this cannot be empty"))
        except Unreadable as fault:
            found[name] = fault
    for name, cell in row.cells.items():
        if not (cell and name.startswith(VALUE)):
            continue
        try:
            values[name.removeprefix(VALUE)] = _read(VALUES, kind, cell)
        except Unreadable as fault:
            found[name] = fault
    problems += [Problem(row.number, name, fault.message, fault.params) for name, fault in found.items()]
    return Line(row.number, read, values, row.unread | found.keys())


def _read(column: Column, kind: str, cell: str) -> Any:
    if kind in KINDS_OF_LINES and kind not in column.of:
        raise Unreadable(ONLY[frozenset(column.of)])
    if UNKEEPABLE.search(cell):
        raise Unreadable(N_("There is a character in it that cannot be kept."))
    return column.read(cell)


def _is_needed(column: Column, kind: str) -> bool:
    return kind in column.needed or (kind not in KINDS_OF_LINES and column.needed >= PRODUCTS)


def _with_addresses(lines: list[Line], problems: list[Problem]) -> list[Line]:
    """Each product and attribute with an address of its own, if only to be tried: one that is nobody's where its own
    is another line's."""
    seen: dict[tuple[str, str], int] = {}
    found = []
    for line in lines:
        room = "product" if line.kind in PRODUCTS else line.kind
        known, needs_one = line.slug and "slug" not in line.unread, room in {"product", ATTRIBUTE}
        first = seen.setdefault((room, line.slug), line.number) if room and known else line.number
        if first == line.number and (known or not needs_one):
            found.append(line)
            continue
        if first != line.number:
            problems.append(Problem(line.number, "slug", SAME_ADDRESS, {"slug": line.slug, "line": first}))
        elif line.unread.isdisjoint({"name", "slug"}):
            problems.append(Problem(line.number, "slug", NO_ADDRESS))
        own = line.cells | {"slug": f"line-{line.number}"} if needs_one else line.cells
        found.append(replace(line, cells=own, unread=line.unread | {"slug"}))
    return found
