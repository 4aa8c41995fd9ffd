"""The report: which tests bear the marks of each requirement, as pytest collects them."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.asvs.checklist import CHECKS, Check

HEAD = """# What is checked of ASVS 5.0

Made by `python -m tests.asvs > docs/asvs.md` from the tests' marks (`@pytest.mark.asvs`); a test keeps it so. A line is
proved when every requirement it names has a test that bears its mark; the tests run in `make test`, so that a line that
stops being true turns it red. Ids are those of the OWASP Application Security Verification Standard 5.0.
"""
MOST_NAMED = 3


def text(root: Path) -> str:
    """The whole page."""
    marked = marks(root)
    lines, proved, all_of_them = [HEAD], 0, 0
    for title, checks in CHECKS.items():
        lines.append(f"\n## {title}\n\n| ASVS | check | proved by |\n| --- | --- | --- |")
        for check in checks:
            state = _state(check, marked)
            all_of_them += 1
            proved += not state.startswith("**")
            lines.append(f"| {', '.join(check.ids)} | {check.words} | {state} |")
    otherwise = [one for checks in CHECKS.values() for one in checks if one.deviation]
    deviations = [f"- {', '.join(one.ids)}: {one.deviation}" for one in otherwise]
    lines.append("\n## Where we do otherwise\n\n" + "\n".join(deviations))
    lines.insert(1, f"**{proved} of {all_of_them} lines are proved**, {len(deviations)} of them with a deviation.")
    return "\n".join(lines) + "\n"


def marks(root: Path) -> Mapping[str, Sequence[str]]:
    """The names of the tests by the id they are marked with. Only files that speak of it are collected."""
    files = [str(file) for file in sorted((root / "tests").rglob("test_*.py")) if "asvs" in file.read_text()]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "tests.asvs.collecting", *files]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    found: dict[str, set[str]] = defaultdict(set)
    for line in told.splitlines():
        if line.startswith("asvs "):
            for name, ids in json.loads(line.removeprefix("asvs ")):
                for one in ids:
                    found[one].add(name)
    return {one: sorted(names) for one, names in found.items()}


def _state(check: Check, marked: Mapping[str, Sequence[str]]) -> str:
    missing = [one for one in check.ids if one not in marked]
    if missing:
        return f"**nothing yet for {', '.join(missing)}**"
    names = sorted({name for one in check.ids for name in marked[one]})
    more = len(names) - MOST_NAMED
    return ", ".join(f"`{name}`" for name in names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
