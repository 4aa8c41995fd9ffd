"""The compiled catalogs say what their sources say, and a translation fills the same gaps as its original."""

import ast
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

GAP = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


SOURCES = sorted((Path(__file__).parents[2] / "portal/translations").glob("*/LC_MESSAGES/messages.po"))


def _forms(words: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _told(catalog: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Original -> translation, each with its plural forms; what is not translated yet is left out."""
    told = {_forms(message.id): _forms(message.string) for message in catalog if message.id}
    return {original: forms for original, forms in told.items() if any(forms)}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parts[-3])
def test_a_compiled_catalog_is_that_of_its_source(source: Path) -> None:
    fresh = BytesIO()
    write_mo(fresh, read_po(source.open("rb")))
    fresh.seek(0)
    kept = _told(read_mo(source.with_suffix(".mo").open("rb")))
    assert kept == _told(read_mo(fresh)), "run: pybabel compile -d portal/translations"
    assert len(kept) > 100


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parts[-3])
def test_a_translation_has_the_gaps_of_its_original(source: Path) -> None:
    for originals, told in _told(read_po(source.open("rb"))).items():
        gaps = set().union(*(GAP.findall(text) for text in originals))
        assert all(set(GAP.findall(text)) == gaps for text in told), originals


def test_no_sentence_hides_inside_an_f_string() -> None:
    """The translators' tool does not look there, so nobody would ever translate it."""
    hidden = [
        f"{path}:{call.lineno}"
        for path in sorted((Path(__file__).parents[2] / "portal").rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"_", "_l", "N_", "ngettext"}
    ]
    assert hidden == []
