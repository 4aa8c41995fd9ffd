"""Reads a catalog file: bytes to lines with typed cells, or every problem there is, each with its line and column.

It is CSV as spreadsheets save it, or JSON: a list of objects with the same names as the columns.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from io import StringIO
from typing import Any

from portal.kernel.errors import N_
from portal.kernel.slugs import slug_of
from portal.seeds.columns import ALL, ATTRIBUTE, BOOKED, CATEGORY, COLUMNS, PRODUCTS, RESOURCE, VALUE
from portal.seeds.faults import BadSheet, Problem, Unreadable

LARGEST = 20_000_000  # bytes
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
OTHER_CELLS = N_("this line has %(count)s cells and the first line has %(first)s; quote a cell that has commas")
NEARLY = N_("there is no such column; do you mean %(near)s?")
NO_COLUMN = N_("there is no such column; there are %(known)s")
SAME_ADDRESS = N_("«%(slug)s» is the address of line %(line)s already; give one of them another slug")
NO_ADDRESS = N_("no address can be made of this name; write one in the column slug, such as studio-a")
ALL_NEEDED = {"kind", "category", "name"}
GUARDED = re.compile(r"'+[=+\-@]")
"""A cell that was written so that no spreadsheet takes it for a formula."""


@dataclass(frozen=True)
class Line:
    """A line with the cells that are filled in, read by their columns."""

    number: int
    cells: dict[str, Any]
    values: dict[str, str]
    """Of attributes, by their short names, as they were written."""

    @property
    def kind(self) -> str:
        return str(self.cells["kind"])

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
        return str(self.cells.get("slug") or slug_of(f"{whole} {self.cells['name']}"))


def read_sheet(data: bytes) -> list[Line]:
    """The lines of the file. Raises BadSheet."""
    text = _decode(data)
    problems: list[Problem] = []
    rows = _objects(text, problems) if text.lstrip().startswith("[") else _cells(text, problems)
    lines = [line for number, cells in rows if (line := _read_line(number, cells, problems))]
    _check_slugs(lines, problems)
    if problems:
        raise BadSheet(problems)
    return lines


def _objects(text: str, problems: list[Problem]) -> list[tuple[int, dict[str, str]]]:
    """Each object with its place in the list, from 1."""
    try:
        objects = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise BadSheet([Problem(line, "", N_("this cannot be read as JSON (%(why)s)"), {"why": str(error)})]) from None
    if not objects:
        raise BadSheet([Problem(1, "", N_("the file is empty: there is nothing to import"))])
    _check_names(sorted({name for one in objects if isinstance(one, dict) for name in one}), problems, ALL_NEEDED)
    rows = []
    for number, one in enumerate(objects, 1):
        if isinstance(one, dict) and all(isinstance(cell, str | int | float) for cell in one.values()):
            rows.append((number, {name: _written(cell).strip() for name, cell in one.items()}))
        else:
            problems.append(Problem(number, "", N_("this is no line: an object of texts, numbers, true and false")))
    return rows


def _written(cell: str | int | float | bool) -> str:
    return {True: "yes", False: "no"}[cell] if isinstance(cell, bool) else str(cell)


def _cells(text: str, problems: list[Problem]) -> list[tuple[int, dict[str, str]]]:
    """Each line with its number, by the columns that the first one names."""
    rows = list(_rows(text))
    if not rows:
        raise BadSheet([Problem(1, "", N_("the file is empty; its first line names the columns"))])
    header = [cell.lower() for cell in rows[0][1]]
    _check_names(header, problems, set())
    if len(rows) == 1:
        problems.append(Problem(1, "", N_("below the names of the columns there is nothing to import")))
    found = []
    for number, cells in rows[1:]:
        if len(cells) == len(header):
            found.append((number, dict(zip(header, map(_unguarded, cells), strict=True))))
            continue
        problems.append(Problem(number, "", OTHER_CELLS, {"count": len(cells), "first": len(header)}))
    return found


def _unguarded(cell: str) -> str:
    """Without the apostrophe that keeps spreadsheets from calculating what is words (exporting.py)."""
    return cell[1:] if GUARDED.match(cell) else cell


def _decode(data: bytes) -> str:
    if len(data) > LARGEST:
        raise BadSheet(
            [Problem(1, "", N_("the file is larger than %(most)s bytes; split it"), {"most": f"{LARGEST:,}"})]
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadSheet([Problem(line, "", N_("this is not UTF-8; save the file as «CSV UTF-8»"))]) from None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every line that is not blank, with its number; a quoted cell may run over several."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error as error:
        raise BadSheet(
            [Problem(number, "", N_("this line cannot be read as CSV (%(why)s)"), {"why": str(error)})]
        ) from None


def _check_names(header: list[str], problems: list[Problem], given: Set[str]) -> None:
    """Every column is known and there once; those that every line needs are there, or `given`."""
    for name in header:
        if name not in COLUMNS and not re.fullmatch(VALUE + r"[a-z0-9-]+", name):
            near = get_close_matches(name, COLUMNS, 1)
            known = {"near": near[0]} if near else {"known": ", ".join(COLUMNS)}
            problems.append(Problem(1, name, NEARLY if near else NO_COLUMN, known))
        elif header.count(name) > 1:
            problems.append(Problem(1, name, N_("this column is there twice")))
    needed = [name for name, column in COLUMNS.items() if column.needed >= PRODUCTS]
    missing = [name for name in needed if name not in header and name not in given]
    problems += [Problem(1, name, N_("this column is missing; every product needs it")) for name in missing]
    if problems:
        raise BadSheet(list(set(problems)))


def _read_line(number: int, cells: Mapping[str, str], problems: list[Problem]) -> Line | None:
    before = len(problems)
    kind = cells.get("kind", "")
    read: dict[str, Any] = {}
    values = {name.removeprefix(VALUE): cell for name, cell in cells.items() if cell and name.startswith(VALUE)}
    for name, column in COLUMNS.items():
        cell = cells.get(name, "")
        try:
            if cell and kind in KINDS_OF_LINES and kind not in column.of:
                problems.append(Problem(number, name, ONLY[frozenset(column.of)]))
            elif cell:
                read[name] = column.read(cell)
            elif kind in column.needed or (kind not in KINDS_OF_LINES and column.needed >= PRODUCTS):
                problems.append(Problem(number, name, N_("this cannot be empty")))
        except Unreadable as error:
            problems.append(Problem(number, name, error.message, error.params))
    if values and kind in {CATEGORY, ATTRIBUTE, RESOURCE}:
        problems.append(Problem(number, VALUE + min(values), ONLY[frozenset(PRODUCTS)]))
    return Line(number, read, values) if len(problems) == before else None


def _check_slugs(lines: list[Line], problems: list[Problem]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        if not line.slug and line.kind in {CATEGORY, RESOURCE}:
            continue
        room = "product" if line.kind in PRODUCTS else line.kind
        if not line.slug:
            problems.append(Problem(line.number, "slug", NO_ADDRESS))
        elif (first := seen.setdefault((room, line.slug), line.number)) != line.number:
            problems.append(Problem(line.number, "slug", SAME_ADDRESS, {"slug": line.slug, "line": first}))
