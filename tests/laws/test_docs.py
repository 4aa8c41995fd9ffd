"""What the documents say of the code is what the code says of itself."""

from pathlib import Path

from tests.support.forgery import table
from workers.commands import text


def test_the_processes_in_the_docs_are_the_processes_that_run(root: Path) -> None:
    assert (root / "docs/sagas.md").read_text() == text(), "run: flask --app wsgi sagas show > docs/sagas.md"


def test_the_hostile_tokens_in_the_docs_are_those_that_are_tried(root: Path) -> None:
    told = (root / "docs/tokens.md").read_text()
    shown = told.partition("<!-- forged -->\n")[2].partition("<!-- /forged -->")[0]
    assert shown == table(), "put there what `python -m tests.support.forgery` prints"
