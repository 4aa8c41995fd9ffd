"""Every setting is in docs/deploy.md with what it is if it is absent, and has an effect."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from portal.config import Settings

ELSEWHERE = {"outside", "saml"}
"""Several variables each, in docs/sign-in.md."""
FIELDS = {name: field for name, field in Settings.model_fields.items() if name not in ELSEWHERE}
ROW = re.compile(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \| ([^|]+) \|", re.MULTILINE)


def variable(name: str, field: FieldInfo) -> str:
    return str(field.validation_alias or name.upper())


def said(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return f"`{'on' if value else 'off'}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


@pytest.fixture(scope="module")
def told(root: Path) -> str:
    whole = (root / "docs/deploy.md").read_text()
    return whole[whole.index("## Environment") : whole.index("## PostgreSQL")]


def test_every_setting_is_told_of(told: str) -> None:
    named = set(re.findall(r"`([A-Z_]+)[`=]", told))
    assert {variable(name, field) for name, field in FIELDS.items()} - named == set()


def test_what_is_said_of_absent_settings_is_so(told: str) -> None:
    defaults = {variable(name, field): said(field.default) for name, field in FIELDS.items()}
    _, _, otherwise = told.partition("### What may be set otherwise")
    rows = ROW.findall(otherwise)
    assert len(rows) > 30
    for names, values in rows:
        given = re.findall(r"`([A-Z_]+)`", names)
        assert [defaults.get(name) for name in given] == values.split(", "), names


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_has_an_effect(root: Path, name: str) -> None:
    files = [file for room in ("portal", "workers") for file in (root / room).rglob("*.py")]
    read = re.compile(rf"\b{name}\b")
    assert any(read.search(file.read_text()) for file in files if file.name != "config.py")
