"""The libraries that the portal was asked to be built on are used by it, each where it belongs."""

import ast
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ASKED_FOR = {
    "flask": "portal",
    "flask_login": "portal/web",
    "flask_sqlalchemy": "portal/web",
    "authlib": "portal",
    "dramatiq": "workers",
    "redis": "portal/kernel",
    "htmx_flask": "portal/web/htmx.py",
    "pyotp": "portal/domains/identity",
    "pytest": "tests",
}


@pytest.fixture(scope="module")
def importers(root: Path) -> dict[str, set[str]]:
    """Library -> the files of ours that import it."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in ("portal", "workers", "tests"):
        for file in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
                for name in names:
                    found[name.split(".")[0]].add(str(file.relative_to(root)))
    return found


@pytest.mark.parametrize(("library", "room"), ASKED_FOR.items())
def test_every_library_that_was_asked_for_is_in_real_use(
    importers: dict[str, set[str]], library: str, room: str
) -> None:
    assert [file for file in importers[library] if file.startswith(room)]


def test_only_one_module_reads_htmx_headers(importers: dict[str, set[str]]) -> None:
    assert {file for file in importers["htmx_flask"] if file.startswith("portal")} == {"portal/web/htmx.py"}


def test_only_one_module_knows_the_library_of_saml(importers: dict[str, set[str]]) -> None:
    """So that another can take its place."""
    knows = {file for file in importers["onelogin"] | importers["xmlsec"] if file.startswith("portal")}
    assert knows == {"portal/domains/identity/federation/saml/signature.py"}


def test_the_portal_is_whole_without_the_extra_for_saml(root: Path) -> None:
    told = "import sys, wsgi; print({'lxml', 'xmlsec', 'onelogin'} & {name.partition('.')[0] for name in sys.modules})"
    without = {name: value for name, value in os.environ.items() if not name.startswith("SAML_")}
    done = subprocess.run([sys.executable, "-c", told], cwd=root, env=without, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["set()"], done.stderr


def test_no_domain_talks_to_redis_or_the_queue_but_for_sessions_and_rushes(importers: dict[str, set[str]]) -> None:
    talkers = {file for file in importers["redis"] | importers["dramatiq"] if file.startswith("portal/domains")}
    assert talkers <= {"portal/domains/identity/sessions.py", "portal/domains/rushes/line.py"}
