"""What deploy/ starts is there: each command is read by its own program, and the image has all that it needs."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from dramatiq.cli import make_argument_parser
from gunicorn.config import Config

from portal.config import Settings
from workers import doorbell

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PROGRAMS = Path(sys.executable).parent
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "jari"}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COPIES = re.findall(r"^COPY (\S+) (\S+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)


def unit(path: Path) -> configparser.SectionProxy:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's names have capitals
    read.read_string(path.read_text())
    return read["Service"]


def commands() -> list[Any]:
    """Every command that starts something of ours, wherever it is written."""
    image = re.search(r"^CMD (.+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert image
    found = {"Dockerfile": yaml.safe_load(image[1])}
    found |= {f"compose {name}": service["command"] for name, service in OURS.items()}
    found |= {path.name: shlex.split(unit(path)["ExecStart"]) for path in UNITS}
    rows = re.findall(r"^\| (web|worker|ticker) \| `([^`]+)`", (ROOT / "docs/deploy.md").read_text(), re.MULTILINE)
    assert len(rows) == 3
    found |= {f"docs {name}": shlex.split(command) for name, command in rows}
    return [pytest.param(command, id=name) for name, command in found.items()]


@pytest.mark.parametrize("command", commands())
def test_every_command_can_be_started(command: list[str]) -> None:
    name, arguments = Path(command[0]).name, command[1:]
    assert (PROGRAMS / name).exists(), f"nothing that is installed is called {name}"
    {"gunicorn": read_gunicorn, "dramatiq": read_dramatiq, "python": read_python, "flask": read_flask}[name](arguments)


def read_gunicorn(arguments: list[str]) -> None:
    assert Config().parser().parse_args(arguments).args == ["wsgi:app"]  # the image's test opens it


def read_dramatiq(arguments: list[str]) -> None:
    read = make_argument_parser().parse_args(arguments)
    assert find_spec(read.broker), f"there is no module {read.broker}"
    assert set(read.queues or []) <= {doorbell.SAGAS, doorbell.MAIL}


def read_python(arguments: list[str]) -> None:
    assert arguments[0] == "-m"
    assert find_spec(arguments[1]), f"there is no module {arguments[1]}"


def read_flask(arguments: list[str]) -> None:
    assert arguments == ["--app", "wsgi", "db", "upgrade"]


def test_every_queue_has_a_worker_and_there_is_a_ticker() -> None:
    composed = [service["command"] for service in OURS.values()]
    for written in (composed, [shlex.split(unit(path)["ExecStart"]) for path in UNITS]):
        workers = [make_argument_parser().parse_args(command[1:]) for command in written if "dramatiq" in command[0]]
        assert {queue for worker in workers for queue in worker.queues} == {doorbell.SAGAS, doorbell.MAIL}
        assert sum("workers.ticker" in command for command in written) == 1
        assert sum("wsgi:app" in command for command in written) == 1
        assert sum("upgrade" in command for command in written) == 1


def test_the_image_opens_the_portal_with_nothing_but_what_it_copies(tmp_path: Path, database_url: str) -> None:
    for source, target in COPIES:
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, tmp_path / (target if target != "./" else source))
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": database_url}
    modules = "workers.ticker, workers.actors, workers.machine, workers.nightly, workers.exposing"
    for command in (
        [PROGRAMS / "gunicorn", "--check-config", "wsgi:app"],
        [sys.executable, "-c", f"import {modules}"],
    ):
        opened = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert opened.returncode == 0, opened.stderr


def test_what_is_left_out_of_the_build_is_all_but_what_is_copied() -> None:
    kept = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == {source for source, _ in COPIES}


@pytest.mark.parametrize("name", [name for name in OURS if name != "migrate"])
def test_what_ends_in_compose_begins_again_after_the_migration(name: str) -> None:
    service = OURS[name]
    assert service["restart"] == "always"
    assert service["stop_grace_period"] == "35s"
    assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert service["environment"]["PROMETHEUS_MULTIPROC_DIR"].startswith(service["tmpfs"][0])


@pytest.mark.parametrize("path", [p for p in UNITS if "migrate" not in p.name], ids=lambda path: path.name)
def test_what_ends_in_systemd_begins_again(path: Path) -> None:
    service = unit(path)
    assert (service["Restart"], service["TimeoutStopSec"], service["KillMode"]) == ("always", "35", "mixed")
    assert service["EnvironmentFile"] == "/etc/jari/jari.env"
    assert service["WorkingDirectory"] == "/srv/jari"
    assert service["ExecStart"].startswith("/srv/jari/.venv/bin/")


def test_the_sample_environment_names_all_that_production_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line for line in (DEPLOY / "jari.env.example").read_text().splitlines() if line and line[0] != "#"]
    given = dict(line.split("=", 1) for line in lines)
    unused = given.pop("POSTGRES_PASSWORD")
    for name in set(os.environ) & {field.upper() for field in Settings.model_fields}:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value + "x" * 40 if value in {"", "https://"} else value)
    settings = Settings()
    assert settings.env == "production"
    assert settings.faults() == []
    known = {field.upper() for field in Settings.model_fields} | {"PORTAL_ENV"}
    assert set(given) <= known, "a name that no setting has"
    assert unused == ""
