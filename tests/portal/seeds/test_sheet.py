"""Catalog files as they are read: good ones, and every way in which a bad one is bad."""

from pathlib import Path

import pytest

from portal.seeds.columns import COLUMNS
from portal.seeds.faults import BadSheet
from portal.seeds.sheet import read_sheet

HEAD = "kind,category,name,price,resource,length,stock,units\n"
GOOD = "booking,Rooms,Attic,18000,Attic,60,,2\n"


def problems(data: bytes | str) -> list[str]:
    try:
        _lines, found = read_sheet(data.encode() if isinstance(data, str) else data)
    except BadSheet as fault:
        found = fault.problems
    return [str(problem) for problem in sorted(found)]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_good_file_is_read_however_the_spreadsheet_saved_it(mark: bytes, delimiter: str, newline: str) -> None:
    text = (HEAD + "\n" + GOOD).replace(",", delimiter).replace("\n", newline)
    (line,), problems = read_sheet(mark + text.encode())
    assert not problems
    assert line.number == 3
    assert line.slug == "attic"
    assert line.cells["category"] == ("Rooms",)
    assert (line.cells["price"], line.cells["units"], "stock" in line.cells) == (18000, 2, False)


def test_a_line_is_told_by_its_number_even_after_a_cell_of_several_lines() -> None:
    text = 'kind,category,name,summary\nbooking,Rooms,A,"one\ntwo\nthree"\ncar,Rooms,B,\n'
    assert problems(text) == ["line 5, kind: «car» is not one of booking, goods, category, attribute, resource"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("booking,,Attic,18000,Attic,60,,", "line 2, category: this cannot be empty"),
        ("booking,Rooms / / A,Attic,18000,Attic,60,,", "line 2, category: this is not a way through the tree"),
        ("booking,Rooms,,18000,Attic,60,,", "line 2, name: this cannot be empty"),
        ("booking,Rooms,Attic,30k,Attic,60,,", "line 2, price: «30k» is not an amount; write one such as 30000"),
        ("booking,Rooms,Attic,18000,Attic,an hour,,", "line 2, length: «an hour» is not a whole number"),
        ("booking,Rooms,Attic,18000,Attic,60,,2.5", "line 2, units: «2.5» is not a whole number"),
        ("booking,Rooms,Attic,18000,Attic,60,5,", "line 2, stock: only goods have this; leave it empty"),
        (
            "goods,Rooms,Towel,18000,Attic,,5,",
            "line 2, resource: only bookings and resources have this; leave it empty",
        ),
        ("booking,Rooms,Attic,18000,Attic,60", "line 2: this line has 6 cells and the first line has 8"),
        ("booking,Rooms,日本,18000,Attic,60,,", "line 2, slug: no address can be made of this name"),
        ('booking,Rooms,"At"tic,18000,Attic,60,,', "line 2: this line cannot be read as CSV"),
        ('booking,Rooms,"Attic,18000,Attic,60,,', "line 2: this line cannot be read as CSV"),
    ],
)
def test_a_bad_line_is_told_with_its_column_and_what_would_be_right(line: str, told: str) -> None:
    (problem,) = problems(HEAD + line + "\n")
    assert problem.startswith(told)


def test_every_problem_of_every_line_is_told() -> None:
    bad = "car,Rooms,,x,Attic,y,,z\n"
    found = problems(HEAD + GOOD + bad + bad)
    assert len(found) == 10
    assert found == sorted(found)


def test_a_slug_belongs_to_one_line() -> None:
    (problem,) = problems(HEAD + GOOD + GOOD)
    assert problem.startswith("line 3, slug: «attic» is the address of line 2 already")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "line 1: the file is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "line 1: the file is empty"),
        (HEAD.encode(), "line 1: below the names of the columns there is nothing to import"),
        ((HEAD + "booking,Rooms,한강").encode("cp949"), "line 2: this is not UTF-8; save the file as «CSV UTF-8»"),
        ("한강".encode("utf-16"), "line 1: this is not UTF-8"),
        (b"kind,name\nbooking,A\n", "line 1, category: this column is missing"),
        (b"kind,category,name,prise\n", "line 1, prise: there is no such column; do you mean price?"),
        (b"kind,category,name,name\n", "line 1, name: this column is there twice"),
        (b'kind,category,name\nbooking,Rooms,"' + b"x" * 200_000, "line 2: this line cannot be read as CSV"),
        (b"x" * 20_000_001, "line 1: the file is larger than"),
    ],
)
def test_a_bad_file_is_told_so(data: bytes, told: str) -> None:
    (problem,) = problems(data)
    assert problem.startswith(told)


def test_every_column_is_explained_in_the_docs_and_used_in_the_sample(root: Path) -> None:
    guide = (root / "docs/import.md").read_text()
    explained = [row.split("`")[1] for row in guide.splitlines() if row.startswith("| `")]
    assert explained == list(COLUMNS)
    header = (root / "portal/seeds/sample.csv").read_text().splitlines()[0]
    assert header.split(",") == list(COLUMNS)
