"""A child process on a leash: in a session of its own, and gone when we are gone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

LEASH = Path(__file__).with_name("leash.py")


class User(NamedTuple):
    """Whom a child runs as, when we are root and the child must not be."""

    uid: int
    gid: int


class Process:
    """Starts `command` at once. `stop()` asks with `stop_signal`; `kill()` does not ask.

    The child leads a session of its own, so that Ctrl-C in a terminal reaches us and not, say, PostgreSQL before those
    who write to it. Start it from a thread that lives as long as the child should: the leash is tied to the thread.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        output: IO[bytes] | int | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGKILL,
        user: User | None = None,
        keep_open: Sequence[int] = (),
    ) -> None:
        self._stop_signal = stop_signal
        self._child = subprocess.Popen(
            leashed(command, death_signal, user),
            env=dict(environment) if environment is not None else None,
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            start_new_session=True,
            pass_fds=tuple(keep_open),
        )
        self.output = self._child.stdout

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._child.poll()

    @property
    def running(self) -> bool:
        return self.exit_code is None

    def wait(self) -> int:
        """Until it ends by itself; its exit code."""
        return self._child.wait()

    def ask_to_stop(self) -> None:
        if self.running:
            self._child.send_signal(self._stop_signal)

    def stop(self, within: float = 5.0) -> None:
        """Ask, wait up to `within` seconds, then kill; afterwards nothing of it is left."""
        self.ask_to_stop()
        try:
            self._child.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)  # what it forked and forgot

    def kill(self) -> None:
        """SIGKILL to it and to everything it started, and wait until all of it is gone."""
        family = descendants(self.pid)
        for pid in [self.pid, *family]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._child.wait()
        deadline = time.monotonic() + 5
        while any(alive(pid) for pid in family) and time.monotonic() < deadline:
            time.sleep(0.01)


def leashed(
    command: Sequence[str | Path],
    death_signal: signal.Signals,
    user: User | None = None,
    *,
    parent: int | None = None,
) -> list[str]:
    """The command line that runs `command` on a leash held by `parent`, by default ourselves."""
    uid, gid = (str(user.uid), str(user.gid)) if user else ("-", "-")
    leash = [sys.executable, "-I", "-S", str(LEASH), str(parent or os.getpid()), str(int(death_signal)), uid, gid]
    return leash + [str(word) for word in command]


def descendants(pid: int) -> list[int]:
    """Children, their children and so on, nearest first. Sessions do not tell: PostgreSQL's children leave theirs."""
    children: dict[int, list[int]] = {}
    for child, parent, _ in _processes():
        children.setdefault(parent, []).append(child)
    found = list(children.get(pid, []))
    for one in found:  # grows while we walk it
        found.extend(children.get(one, []))
    return found


def alive(pid: int) -> bool:
    """True unless it is gone or only waits for its parent to take note."""
    return any(one == pid and state not in "ZX" for one, _, state in _processes())


def _processes() -> list[tuple[int, int, str]]:
    """(pid, parent, state) of every process on the machine."""
    if not Path("/proc/self/stat").exists():
        lines = subprocess.check_output(["ps", "-axo", "pid=,ppid=,state="], text=True).splitlines()
        return [(int(pid), int(parent), state[0]) for pid, parent, state in (line.split() for line in lines)]
    rows = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # it ended while we looked
                # The name stands in brackets and may itself hold any character.
                state, parent = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
                rows.append((int(entry.name), int(parent), state))
    return rows
