"""Whatever the linters are told to overlook has its reason behind it."""

import re
from pathlib import Path

OURS = ("portal", "workers", "local", "benchmarks", "migrations", "tests")
BARE = re.compile(r"# (noqa|type: ignore)[^#]*$")


def test_there_is_a_reason_behind_everything_that_is_overlooked(root: Path) -> None:
    files = [root / "wsgi.py", *(file for name in OURS for file in (root / name).rglob("*.py"))]
    bare = [
        f"{file.relative_to(root)}:{number}"
        for file in files
        if file != Path(__file__)
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if BARE.search(line)
    ]
    assert bare == []
