"""The report on ASVS says what the tests' marks say."""

from pathlib import Path

from tests.asvs.checklist import CHECKS
from tests.asvs.report import text


def test_the_report_is_what_the_marks_say(root: Path) -> None:
    assert (root / "docs/asvs.md").read_text() == text(root), "run: .venv/bin/python -m tests.asvs > docs/asvs.md"


def test_no_requirement_is_listed_twice() -> None:
    listed = [one for checks in CHECKS.values() for check in checks for one in check.ids]
    assert len(listed) == len(set(listed))
