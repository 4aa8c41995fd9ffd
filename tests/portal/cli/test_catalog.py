"""`flask catalog`: the catalog out to a file and in again."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from portal.kernel.db import transaction
from tests import factories


@pytest.mark.parametrize(("name", "begins"), [("out.csv", b"\xef\xbb\xbfkind,"), ("out.json", b"[\n{")])
def test_out_and_in(app: Flask, database: Engine, tmp_path: Path, name: str, begins: bytes) -> None:
    with transaction(database) as tx:
        factories.goods(tx, name="Linen towel")
    file, run = tmp_path / name, app.test_cli_runner().invoke
    out = run(args=["catalog", "export", str(file)])
    assert (out.exit_code, out.output) == (0, f"{name}: {file.stat().st_size:,} bytes.\n")
    assert file.read_bytes().startswith(begins)
    assert "0 products new, 1 known" in run(args=["catalog", "import", str(file)]).output


def test_what_is_wrong_is_told_and_nothing_imported(app: Flask, database: Engine, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("kind,category,name,price\ngoods,Things,Tea,cheap\n")
    told = app.test_cli_runner().invoke(args=["catalog", "import", str(file)])
    assert told.exit_code == 1
    assert "line 2, price" in told.output
    assert "nothing was imported" in told.output
