"""What the demo remembers between two starts: its ports and secrets, in `var/`, readable by its owner only."""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from local.ports import free_port, is_taken
from local.server import NotStarted


class Memory:
    """`var/demo.json`, `var/secret` and the lock that keeps a second demo away from the same data."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(mode=0o755, exist_ok=True)
        self.lock = _lock(directory / "demo.lock")
        self._file = directory / "demo.json"
        self._before = _read(self._file)
        self.ports: dict[str, int] = {}

    def port(self, name: str) -> int:
        """The port of last time, so that links and settings stay good; another when it is taken by now."""
        before = self._before.get("ports", {}).get(name)
        self.ports[name] = before if isinstance(before, int) and not is_taken(before) else free_port()
        return self.ports[name]

    def secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(48)) -> str:
        """Made once, then always the same."""
        file = self.directory / name
        if not file.exists():
            _write(file, make())
        return file.read_text().strip()

    def keep(self, facts: dict[str, Any]) -> None:
        """Write demo.json: what scripts and flask commands need to find the running demo."""
        _write(self._file, json.dumps(facts | {"ports": self.ports}, indent=2) + "\n")


def new_totp_secret() -> str:
    """160 bits, as RFC 4226 advises, in the letters that authenticator apps take."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def _lock(file: Path) -> IO[str]:
    lock = file.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise NotStarted("A demo already runs in this folder; its addresses are in var/demo.json.") from None
    return lock


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):  # none yet, or half a file after a crash
        return {}
    return found if isinstance(found, dict) else {}


def _write(file: Path, content: str) -> None:
    """All or nothing, and never readable by others."""
    half = file.with_name(f"{file.name}.new")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(content)
    half.replace(file)
