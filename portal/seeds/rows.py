"""Reads a catalog file: bytes to rows of cells as they were written, and what cannot be read.

It is CSV as spreadsheets save it, or JSON: a list of objects with the same names as the columns.
"""

import csv
import json
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from typing import Any

from portal.kernel.errors import N_
from portal.seeds.columns import COLUMNS, PRODUCTS, VALUE
from portal.seeds.faults import BadSheet, Problem

LARGEST = 20_000_000  # bytes
OTHER_CELLS = N_("this line has %(count)s cells and the first line has %(first)s; quote a cell that has commas")
NEARLY = N_("there is no such column; do you mean %(near)s?")
NO_COLUMN = N_("there is no such column; there are %(known)s")
NO_LIST = N_("this is no list of objects; write one such as [{…}, {…}]")
NO_CELL = N_("this is neither a text nor a number, true or false")
ADDRESS = {"name", "slug", "variant_of", "resource", "resource_slug"}
GUARDED = re.compile(r"'+[=+\-@]")
"""A cell that was written so that no spreadsheet takes it for a formula."""


@dataclass(frozen=True)
class Row:
    """A line of the file, or an object of its list; `unread` are columns of which something is told already."""

    number: int
    cells: Mapping[str, str]
    unread: Set[str] = frozenset()


def read_rows(data: bytes, problems: list[Problem]) -> list[Row]:
    """The rows, and what is wrong with them as such. Raises BadSheet if there is nothing that could be read."""
    text = _decode(data)
    return _objects(text, problems) if text.lstrip().startswith(("[", "{")) else _table(text, problems)


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


def _objects(text: str, problems: list[Problem]) -> list[Row]:
    """Each object with its place in the list, from 1."""
    try:
        objects = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise BadSheet([Problem(line, "", N_("this cannot be read as JSON (%(why)s)"), {"why": str(error)})]) from None
    if not isinstance(objects, list):
        raise BadSheet([Problem(1, "", NO_LIST)])
    if not objects:
        raise BadSheet([Problem(1, "", N_("the file is empty: there is nothing to import"))])
    first: dict[str, int] = {}
    rows = []
    for number, one in enumerate(objects, 1):
        if not isinstance(one, dict):
            problems.append(Problem(number, "", N_("this is no line: an object of texts, numbers, true and false")))
            continue
        strange = {name for name, cell in one.items() if not isinstance(cell, str | int | float | None)}
        problems += [Problem(number, name, NO_CELL) for name in strange]
        rows.append(Row(number, {name: _written(cell) for name, cell in one.items() if name not in strange}, strange))
        for name in one:
            first.setdefault(name, number)
    problems += [problem for name, number in first.items() for problem in _unknown(name, number)]
    return rows


def _written(cell: str | int | float | bool | None) -> str:
    if cell is None:
        return ""
    return _tidy({True: "yes", False: "no"}[cell] if isinstance(cell, bool) else str(cell))


def _table(text: str, problems: list[Problem]) -> list[Row]:
    """Each line with its number, by the columns that the first one names."""
    lines = _lines(text, problems)
    if not lines:
        raise BadSheet([*problems, Problem(1, "", N_("the file is empty; its first line names the columns"))])
    header = _without_blank_end([cell.lower() for cell in lines[0][1]], 0)
    missing = _check_header(header, problems)
    if len(lines) == 1 and not problems:
        problems.append(Problem(1, "", N_("below the names of the columns there is nothing to import")))
    rows = []
    for number, whole in lines[1:]:
        cells = _without_blank_end(whole, len(header))
        named = dict(zip(header, map(_unguarded, cells), strict=False))
        if len(cells) == len(header):
            rows.append(Row(number, named, missing))
            continue
        problems.append(Problem(number, "", OTHER_CELLS, {"count": len(cells), "first": len(header)}))
        # Other lines may speak of what this one most likely is.
        rows.append(Row(number, {name: named[name] for name in ADDRESS & named.keys()}, COLUMNS.keys()))
    return rows


def _lines(text: str, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    """Every line that is not blank, with its number; a quoted cell may run over several."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    lines: list[tuple[int, list[str]]] = []
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return lines
        except csv.Error as error:  # the reader goes on behind it
            problems.append(Problem(number, "", N_("this line cannot be read as CSV (%(why)s)"), {"why": str(error)}))
        else:
            if any(cell.strip() for cell in cells):
                lines.append((number, [_tidy(cell) for cell in cells]))
        number = reader.line_num + 1


def _check_header(header: list[str], problems: list[Problem]) -> Set[str]:
    """Every column is known and there once; answers those that are missing, though every line needs them."""
    missing = {name for name, column in COLUMNS.items() if column.needed >= PRODUCTS and name not in header}
    for name in dict.fromkeys(header):
        problems += _unknown(name, 1)
        if name and header.count(name) > 1:
            problems.append(Problem(1, name, N_("this column is there twice")))
    problems += [Problem(1, name, N_("this column is missing; every product needs it")) for name in missing]
    return missing


def _without_blank_end(cells: list[str], least: int) -> list[str]:
    """Spreadsheets save empty columns behind the last one as well."""
    while len(cells) > least and not cells[-1]:
        cells = cells[:-1]
    return cells


def _unknown(name: str, number: int) -> list[Problem]:
    if name in COLUMNS or re.fullmatch(VALUE + r"[a-z0-9-]+", name):
        return []
    if not name:
        return [Problem(number, "", N_("a column has no name"))]
    near = get_close_matches(name, COLUMNS, 1)
    known: dict[str, Any] = {"near": near[0]} if near else {"known": ", ".join(COLUMNS)}
    return [Problem(number, name, NEARLY if near else NO_COLUMN, known)]


def _tidy(cell: str) -> str:
    return re.sub(r"\r\n?", "\n", cell).strip()


def _unguarded(cell: str) -> str:
    """Without the apostrophe that keeps spreadsheets from calculating what is words (exporting.py)."""
    return cell[1:] if GUARDED.match(cell) else cell
