"""What the documents say of the code is what the code says of itself."""

from pathlib import Path

from workers.commands import text


def test_the_processes_in_the_docs_are_the_processes_that_run(root: Path) -> None:
    assert (root / "docs/sagas.md").read_text() == text(), "run: flask --app wsgi sagas show > docs/sagas.md"
