"""The compiled catalogs say what their sources say, a translation fills the same gaps as its original, and nothing that
customers read is left untranslated."""

import ast
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

GAP = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "portal/translations").glob("*/LC_MESSAGES/messages.po"))
NOT_FOR_CUSTOMERS = (
    "portal/web/staff/",
    "portal/web/api/",
    "portal/web/dev/",
    "templates/staff/",
    "templates/api/",
    "templates/dev/",
    "templates/layouts/staff.html",
)


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


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parts[-3])
def test_nothing_that_customers_read_is_untranslated(source: Path) -> None:
    told = {original[0]: forms for original, forms in _told(read_po(source.open("rb"))).items()}
    read = _read_by_customers()
    assert "Take the request back" in read
    assert "Your place is kept" in read
    missing = {words: path for words, path in read.items() if not all(told.get(words, [""]))}
    assert missing == {}, "translate them: CONTRIBUTING.md says how"


def _read_by_customers() -> dict[str, str]:
    """Each sentence and where it stands: on customers' pages, in mails, and in what domains and processes tell."""
    with (ROOT / "babel.cfg").open() as places:
        methods, options = parse_mapping_cfg(places)
    found: dict[str, str] = {}
    for part in ("portal", "templates", "workers"):
        # What is told of a path begins below the folder that is searched, and so do the places of babel.cfg.
        inside = [(pattern.removeprefix(f"{part}/"), method) for pattern, method in methods if pattern.startswith(part)]
        for path, _line, words, _comments, _context in extract_from_dir(ROOT / part, inside, options):
            where = f"{part}/{path}"
            if not where.startswith(NOT_FOR_CUSTOMERS):
                found[words if isinstance(words, str) else words[0]] = where
    return found


def test_no_sentence_hides_inside_an_f_string() -> None:
    """The translators' tool does not look there, so nobody would ever translate it."""
    hidden = [
        f"{path}:{call.lineno}"
        for path in sorted((ROOT / "portal").rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"_", "_l", "N_", "ngettext"}
    ]
    assert hidden == []
