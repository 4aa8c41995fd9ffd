"""The pictures in the docs are there, every one of them is shown, and together they stay small."""

import re
from pathlib import Path

LARGEST = 9_000_000


def test_every_picture_is_shown_and_every_shown_picture_is_there(root: Path) -> None:
    shown = set(re.findall(r'src="screens/([^"]+)"', (root / "docs/screens.md").read_text()))
    kept = {file.name for file in (root / "docs/screens").iterdir()}
    assert shown == kept, "run: .venv/bin/python -m tests.journeys.screens"
    assert len(kept) > 80


def test_the_pictures_of_the_readme_are_there(root: Path) -> None:
    shown = re.findall(r'src="(docs/[^"]+)"', (root / "README.md").read_text())
    assert shown
    assert all((root / picture).exists() for picture in shown)


def test_pictures_stay_small(root: Path) -> None:
    assert sum(file.stat().st_size for file in (root / "docs/screens").iterdir()) < LARGEST
