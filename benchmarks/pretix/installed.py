"""What pretix needs once, after its packages are installed: `python -m benchmarks.pretix.installed`. Minutes.

Its static files are put together in its environment, and its migrations are applied to an empty database. A dump of
that stays in the environment, so that a run has it in seconds.
"""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from configparser import RawConfigParser
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.child import ROOT
from local import postgres
from local.postgres_binaries import find_binaries
from local.server import NotStarted

PYTHON = Path(os.environ.get("PRETIX_PYTHON", ROOT / ".venv-pretix" / "bin" / "python"))
DUMP = PYTHON.parents[1] / "migrated.sql"

Sections = Mapping[str, Mapping[str, object]]


def settings(directory: Path, database_url: str, more: Sections) -> dict[str, str]:
    """Writes pretix.cfg into the directory, where its data stay too; the environment in which pretix finds it."""
    at = urlsplit(database_url)
    database = {"name": at.path.removeprefix("/"), "user": at.username, "password": at.password}
    written = RawConfigParser()
    written.read_dict({"database": {"backend": "postgresql", "host": at.hostname, "port": at.port, **database}, **more})
    written["pretix"]["datadir"] = str(directory)
    with (directory / "pretix.cfg").open("w") as file:
        written.write(file)
    return {**os.environ, "PRETIX_CONFIG_FILE": file.name}


def manage(environment: Mapping[str, str], command: str, said: str = "") -> None:
    """One of its own commands, with `said` on its input. Raises RuntimeError with its last words.

    It is run where its data are: `rebuild` compiles every translation beneath the folder it stands in.
    """
    _run([str(PYTHON), "-m", "pretix", command], environment, said, at=Path(environment["PRETIX_CONFIG_FILE"]).parent)


def restore(database_url: str) -> None:
    """Puts what the migrations made into an empty database."""
    _run([_tool("psql"), "--quiet", "--set=ON_ERROR_STOP=1", f"--file={DUMP}", database_url], os.environ)


def version() -> str:
    """The one that is installed."""
    asked = "from importlib.metadata import version; print(version('pretix'))"
    return subprocess.check_output([PYTHON, "-c", asked], text=True).strip()


def main() -> None:
    """Rebuilds, migrates and dumps."""
    with tempfile.TemporaryDirectory(prefix="jari-pretix-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        with postgres.running(directory / "postgres", durable=False) as database:
            environment = settings(directory, database.url, {"pretix": {}})
            for command in ("rebuild", "migrate"):
                print(f"pretix: {command} …", flush=True)
                manage(environment, command)
            _run([_tool("pg_dump"), "--no-owner", f"--file={DUMP}", database.url], os.environ)


def _tool(name: str) -> str:
    """The program that belongs to the server."""
    found = find_binaries(None).directory / name
    if not found.exists():
        raise NotStarted(f"There is no {name} beside the server in {found.parent}.")
    return str(found)


def _run(words: list[str], environment: Mapping[str, str], said: str = "", *, at: Path = ROOT) -> None:
    done = subprocess.run(words, cwd=at, input=said, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        last = f"{done.stdout[-500:]}{done.stderr[-2000:]}"
        raise RuntimeError(f"{' '.join(words[:4])} ended with {done.returncode}: {last}")


if __name__ == "__main__":
    main()
