"""The compiled catalogs say what their sources say, and a translation fills the same gaps as its original."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

GAP = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def _sources() -> Iterator[Path]:
    yield from (Path(__file__).parents[2] / "portal/translations").glob("*/LC_MESSAGES/messages.po")


def _words(catalog: Catalog) -> dict[object, object]:
    return {message.id: message.string for message in catalog if message.id}


@pytest.mark.parametrize("source", _sources(), ids=lambda path: path.parts[-3])
def test_a_compiled_catalog_is_that_of_its_source(source: Path) -> None:
    fresh = BytesIO()
    write_mo(fresh, read_po(source.open("rb")))
    fresh.seek(0)
    kept = _words(read_mo(source.with_suffix(".mo").open("rb")))
    assert kept == _words(read_mo(fresh)), "run: pybabel compile -d portal/translations"
    assert len(kept) > 100


@pytest.mark.parametrize("source", _sources(), ids=lambda path: path.parts[-3])
def test_a_translation_has_the_gaps_of_its_original(source: Path) -> None:
    for message in read_po(source.open("rb")):
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        told = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = set().union(*(GAP.findall(text) for text in originals))
        for text in filter(None, told):
            if message.id:
                assert set(GAP.findall(text)) == allowed, message.id
