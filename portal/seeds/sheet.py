"""Reads a catalog file: bytes to lines with typed cells, or every problem there is, each with its line and column."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from typing import Any

from portal.kernel.slugs import slug_of
from portal.seeds.columns import COLUMNS, OF_BOOKINGS, OF_GOODS

LARGEST = 20_000_000  # bytes


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong in which line (1 is the first) and column ("" where it is the line as a whole)."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}{f', {self.column}' if self.column else ''}: {self.message}"


class BadSheet(Exception):
    """The file was not imported, not even in part; `problems` says why, in order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Line:
    """A line with the cells that are filled in, read by their columns."""

    number: int
    cells: dict[str, Any]

    @property
    def slug(self) -> str:
        return str(self.cells.get("slug") or slug_of(self.cells["name"]))


def read_sheet(data: bytes) -> list[Line]:
    """The lines of the file. Raises BadSheet."""
    rows = list(_rows(_decode(data)))
    if not rows:
        raise BadSheet([Problem(1, "", "the file is empty; its first line names the columns")])
    problems: list[Problem] = []
    header = _read_header(rows[0][1], problems)
    lines = [line for number, cells in rows[1:] if (line := _read_line(number, cells, header, problems))]
    if len(rows) == 1:
        problems.append(Problem(1, "", "below the names of the columns there is nothing to import"))
    _check_slugs(lines, problems)
    if problems:
        raise BadSheet(problems)
    return lines


def _decode(data: bytes) -> str:
    if len(data) > LARGEST:
        raise BadSheet([Problem(1, "", f"the file is larger than {LARGEST:,} bytes; split it")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadSheet([Problem(line, "", "this is not UTF-8; save the file as «CSV UTF-8»")]) from None


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
        raise BadSheet([Problem(number, "", f"this line cannot be read as CSV ({error})")]) from None


def _read_header(cells: list[str], problems: list[Problem]) -> list[str]:
    header = [cell.lower() for cell in cells]
    for name in header:
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, 1)
            hint = f"; do you mean {near[0]}?" if near else f"; there are {', '.join(COLUMNS)}"
            problems.append(Problem(1, name, "there is no such column" + hint))
        elif header.count(name) > 1:
            problems.append(Problem(1, name, "this column is there twice"))
    missing = [name for name, column in COLUMNS.items() if column.needed and name not in header]
    problems += [Problem(1, name, "this column is missing; every product needs it") for name in missing]
    if problems:
        raise BadSheet(list(set(problems)))
    return header


def _read_line(number: int, cells: list[str], header: list[str], problems: list[Problem]) -> Line | None:
    if len(cells) != len(header):
        message = f"this line has {len(cells)} cells and the first line has {len(header)}; quote a cell that has commas"
        problems.append(Problem(number, "", message))
        return None
    before = len(problems)
    read: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=True):
        try:
            if cell:
                read[name] = COLUMNS[name].read(cell)
            elif COLUMNS[name].needed:
                problems.append(Problem(number, name, "this cannot be empty"))
        except ValueError as error:
            problems.append(Problem(number, name, str(error)))
    stray = {"booking": OF_GOODS, "goods": OF_BOOKINGS}.get(read.get("kind", ""), set())
    other = "goods" if stray is OF_GOODS else "bookings"
    problems += [
        Problem(number, name, f"only {other} have this; leave it empty") for name in sorted(stray & read.keys())
    ]
    return Line(number, read) if len(problems) == before else None


def _check_slugs(lines: list[Line], problems: list[Problem]) -> None:
    seen: dict[str, int] = {}
    for line in lines:
        if not line.slug:
            message = "no address can be made of this name; write one in the column slug, such as studio-a"
            problems.append(Problem(line.number, "slug", message))
        elif (first := seen.setdefault(line.slug, line.number)) != line.number:
            message = f"«{line.slug}» is the address of line {first} already; give one of them another slug"
            problems.append(Problem(line.number, "slug", message))
