"""docs/data-model.md shows the tables that there are, and what becomes of bookings that overlap."""

import pytest
from sqlalchemy import Engine

from tests.data_model.drawing import drawings
from tests.data_model.overlap import table
from tests.data_model.page import DRAWINGS, PAGE, block, written

AGAIN = "run: pytest --write-tables tests/laws/test_data_model.py"


def test_the_drawings_are_those_of_the_models(request: pytest.FixtureRequest) -> None:
    drawn = drawings()
    if request.config.getoption("--write-tables"):
        for name, svg in drawn.items():
            (DRAWINGS / name).write_text(svg)
    assert {file.name: file.read_text() for file in DRAWINGS.iterdir()} == drawn, AGAIN


@pytest.mark.parametrize("name", drawings())
def test_every_drawing_is_shown_once(name: str) -> None:
    assert PAGE.read_text().count(f'src="data-model/{name}"') == 1


def test_what_a_unique_lets_through_is_what_postgresql_let_through_just_now(
    database: Engine, request: pytest.FixtureRequest
) -> None:
    tried = table(database)
    if request.config.getoption("--write-tables"):
        PAGE.write_text(written(PAGE.read_text(), "overlaps", tried))
    assert block(PAGE.read_text(), "overlaps") == tried, AGAIN
