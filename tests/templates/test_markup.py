"""Templates keep to the page policy: no inline style, no inline handler, nothing that needs eval, icons that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EVERY = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in EVERY if "mail" not in (path.stem, path.parent.name)]
SYMBOLS = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons.svg").read_text()))

BANNED = {
    "a style attribute, which style-src 'self' drops": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline handler, which script-src drops": r"<[^>]*\son[a-z]+\s*=\s*[\"']",
    "hx-on, which needs eval": r"hx-on\b",
    "a script address": r"[\"']\s*(javascript|js):",
    "an event filter, which fails open without eval": r"hx-trigger=\"[^\"]*\[",
    "a script without a nonce": r"<script(?![^>]*csp_nonce)",
    "another host": r"(src|href)=[\"']https?://",
    "a number formatted by hand; the filters number, change and money write the sign": r"\{:[^}]*,[^}]*\}|%\+d|−\{\{",
}


@pytest.mark.parametrize("template", PAGES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_a_template_keeps_to_the_policy(template: Path) -> None:
    text = template.read_text()
    found = [why for why, pattern in BANNED.items() if re.search(pattern, text)]
    assert found == []


@pytest.mark.parametrize("template", PAGES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_every_icon_a_template_names_is_drawn(template: Path) -> None:
    named = set(re.findall(r"\bicon\(\"([\w-]+)\"", template.read_text()))
    assert named - SYMBOLS == set()
