"""What the documents say of the code is what the code says of itself."""

import re
from pathlib import Path

import pytest

from tests.support.forgery import table
from workers.commands import text


def test_the_processes_in_the_docs_are_the_processes_that_run(root: Path) -> None:
    assert (root / "docs/sagas.md").read_text() == text(), "run: flask --app wsgi sagas show > docs/sagas.md"


def test_the_hostile_tokens_in_the_docs_are_those_that_are_tried(root: Path) -> None:
    told = (root / "docs/tokens.md").read_text()
    shown = told.partition("<!-- forged -->\n")[2].partition("<!-- /forged -->")[0]
    assert shown == table(), "put there what `python -m tests.support.forgery` prints"


@pytest.mark.parametrize("folder", ["", "docs", "docs/adr"])
def test_what_the_documents_lead_to_is_there(root: Path, folder: str) -> None:
    pages = sorted((root / folder).glob("*.md"))
    led = [(page, target) for page in pages for target in re.findall(r"\]\(([^):#]+)(?:#[^)]*)?\)", page.read_text())]
    assert [(page.name, target) for page, target in led if not (page.parent / target).exists()] == []
    assert led


def test_the_files_that_the_documents_name_are_there(root: Path) -> None:
    """By the way from the project's folder, or, of what is in the portal, from there."""
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    rooms = "portal|workers|local|tests|benchmarks|deploy|static|templates|migrations|docs|domains"
    path = re.compile(rf"`((?:{rooms})/[\w./-]+)`")
    named = {(page.name, name) for page in pages for name in path.findall(page.read_text())}
    assert len(named) > 30
    gone = {(page, name) for page, name in named if not any((top / name).exists() for top in (root, root / "portal"))}
    assert gone == set()
