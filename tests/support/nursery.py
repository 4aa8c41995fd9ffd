"""A process that loads the portal once and forks the others from it, so that a start takes a tenth of a second.

Where processes are killed every few seconds, most of the time would go into loading Python modules. What comes from
here is what `python -m` would have started, with its own pid, session, environment and output, but for that.
"""

import gc
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from local.leash import end_with
from local.process import Process

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = ("dramatiq.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "logging.config")
OPENED_BY_LOADING = {"workers.main", "workers.ticker"}
"""They begin their work when they are loaded, or are themselves what is to run."""
LONGEST = 100_000
"""Bytes of a wish: a command line and its environment."""


class Nursling:
    """A process of the nursery, as subprocess.Popen shows one."""

    def __init__(self, pid: int, nursery: "Nursery") -> None:
        self.pid, self._nursery = pid, nursery
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._nursery.ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        deadline = time.monotonic() + timeout if timeout is not None else None
        while (code := self.poll()) is None:
            if deadline and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired([], timeout or 0.0)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class Nursed(Process):
    """The same as local.process shows one."""

    def __init__(self, child: Nursling) -> None:
        self._stop_signal, self._child, self.output = signal.SIGTERM, child, None  # type: ignore[assignment]  # as good as


class Nursery:
    """Belongs to the thread that opens it: all of it is gone when that ends. `environment` is that of every process
    from here, as far as it matters while modules are loaded."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        command = [sys.executable, "-m", "tests.support.nursery", str(theirs.fileno())]
        with log.open("ab") as out, theirs:
            self._process = Process(
                command, environment=environment, directory=ROOT, output=out.fileno(), keep_open=[theirs.fileno()]
            )

    def start(self, command: Sequence[str], environment: Mapping[str, str], output: IO[bytes]) -> Nursling:
        """What `python -m command…` would start, in a session of its own."""
        wish = {"command": list(command), "environment": dict(environment)}
        return Nursling(self.ask(wish, output.fileno()), self)

    def ask(self, wish: dict[str, Any], *handed: int) -> Any:
        with self._turn:
            socket.send_fds(self._line, [json.dumps(wish).encode()], list(handed))
            answer = self._line.recv(LONGEST)
        if not answer:
            raise RuntimeError(f"the nursery is gone, with {self._process.exit_code}")
        return json.loads(answer)

    def close(self) -> None:
        """Ends it with all that is still there."""
        self._line.close()
        self._process.kill()


def main(line: socket.socket) -> None:
    """Forks until nobody asks any more. Returns in the forked process, too, once that has ended."""
    load()
    while True:
        wish, handed, *_ = socket.recv_fds(line, LONGEST, 1)
        if not wish:
            return
        asked = json.loads(wish)
        if "ended" in asked:
            line.send(json.dumps(_exit_code(asked["ended"])).encode())
            continue
        nursery = os.getpid()
        if not (pid := os.fork()):
            line.close()
            become(asked["command"], asked["environment"], handed[0], nursery)
            return
        os.close(handed[0])
        line.send(json.dumps(pid).encode())


def load() -> None:
    """All of the portal and what runs it; nothing of it becomes garbage."""
    gc.disable()
    for name in LIBRARIES:
        import_module(name)
    for package in ("portal", "workers"):
        for found in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if found.name not in OPENED_BY_LOADING:
                import_module(found.name)
    gc.collect()
    gc.freeze()
    gc.enable()


def become(command: Sequence[str], environment: Mapping[str, str], output: int, parent: int) -> None:
    """Does what `python -m command…` does."""
    os.setsid()
    end_with(parent, signal.SIGTERM)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    os.close(output)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    module, *_ = sys.argv = list(command)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _exit_code(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
