"""A real PostgreSQL on this machine, as our own child: `python -m local.postgres --data DIR --port N`, or `running(…)`.

Clients come over TCP on the loopback address with a password that is made once and kept beside the data.
"""

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from local.ports import LOOPBACK, free_port
from local.postgres_binaries import Binaries, as_user, find_binaries, server_user
from local.process import Process, User, leashed
from local.server import NotStarted, Server

USER = "jari"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests only: a power cut may lose data, the death of a process does not.
# `synchronous_commit` stays on: without it a killed server forgets what it had acknowledged (tried).
HASTY = {"fsync": "off", "full_page_writes": "off"}


@contextmanager
def running(directory: Path, *, durable: bool = True, port: int = 0) -> Iterator["Postgres"]:
    """PostgreSQL with its data in `directory`, ready for its clients; ended on leaving. Port 0: any free one."""
    server = Postgres(directory, durable=durable, port=port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Postgres(Server):
    """`url`, `pid`, `start()`, `stop()`, `kill()`, `restart()`; the data survive all of them."""

    name = "PostgreSQL"

    def __init__(self, directory: Path, *, durable: bool = True, port: int = 0) -> None:
        super().__init__(directory)
        self.durable = durable
        self.port = port
        self._any_port = port == 0
        self._binaries: Binaries | None = None
        self._user: User | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self._password()}@{LOOPBACK}:{self.port}/postgres"

    @property
    def data(self) -> Path:
        return self.directory / "data"

    def start(self) -> None:
        for _ in range(5):
            self.port = self.port or free_port()
            try:
                return super().start()
            except NotStarted:
                if "Address already in use" not in self.last_words() or not self._any_port:
                    raise
                self.port = 0  # somebody was quicker: another one
        raise NotStarted("PostgreSQL found no free port.")

    def prepare(self) -> None:
        super().prepare()
        if self._binaries is None:
            self._user = server_user(self.data)
            self._binaries = find_binaries(self._user)
        if not self.data.exists():
            self._initialise(self._binaries)
        major = int((self.data / "PG_VERSION").read_text())
        if major != self._binaries.major:
            raise NotStarted(
                f"The data in {self.data} belong to PostgreSQL {major}, and this is {self._binaries.major}: "
                "move them away, or name a server of that version in DATABASE_URL."
            )
        self._drop_lock_of_a_stranger()

    def command(self, directory: str) -> list[str | Path]:
        if self._binaries is None:
            raise NotStarted("PostgreSQL: prepare() comes before command().")
        settings = SETTINGS | ({} if self.durable else HASTY) | {"port": str(self.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [self._binaries.directory / "postgres", "-D", directory, *options]

    def launch(self, output: int) -> Process:
        with _opened(self.data) as (handle, name):
            return Process(
                self.command(name),
                directory=Path("/"),
                output=output,
                stop_signal=signal.SIGINT if self.durable else signal.SIGQUIT,  # fast, or at once
                death_signal=signal.SIGINT,
                user=self._user,
                keep_open=[handle],
            )

    def replace_us(self) -> None:
        """Become the server: for the foreground, where one process less stands between it and its supervisor."""
        self.prepare()
        with _opened(self.data) as (handle, name):
            os.set_inheritable(handle, True)
            # Changing the user loosens the leash our parent put on us, so it is put on again.
            command = leashed(self.command(name), signal.SIGINT, self._user, parent=os.getppid())
            os.execv(command[0], command)  # noqa: S606  # becoming it is the point

    def is_ready(self) -> bool:
        """The server writes its state into the last line of its lock file."""
        with suppress(FileNotFoundError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"
        return False

    def _password(self) -> str:
        return (self.directory / "password").read_text().strip()

    def _initialise(self, binaries: Binaries) -> None:
        """Make an empty cluster beside its final place and move it there, so that a half-made one is never used."""
        half = self.directory / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        if self._user:
            os.chown(half, self._user.uid, self._user.gid)
        password = secrets.token_urlsafe(24)
        # UTF-8 with a character type that knows letters: under locale C, lower('Ä') is 'Ä' and Korean has no trigrams.
        if binaries.major >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
        else:
            locale = ["--locale=C.UTF-8"]
        with _opened(half) as (handle, name), _pipe_with(password, self._user) as stdin:
            made = subprocess.run(  # type: ignore[call-overload]  # the arguments of as_user are not typed one by one
                [
                    binaries.directory / "initdb",
                    *("-D", name, "--username", USER, "--auth=scram-sha-256", "--pwfile=/dev/stdin"),
                    *("--encoding=UTF8", *locale, *([] if self.durable else ["--no-sync"])),
                ],
                cwd="/",
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                pass_fds=[handle],
                **as_user(self._user),
            )
        if made.returncode != 0:
            raise NotStarted(f"initdb did not succeed:\n{made.stdout}")
        secret = self.directory / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        half.rename(self.data)

    def _drop_lock_of_a_stranger(self) -> None:
        """After a crash the pid in the lock file may be another program's by now; PostgreSQL would refuse to start."""
        lock = self.data / "postmaster.pid"
        with suppress(FileNotFoundError, NotADirectoryError):
            holder = lock.read_text().splitlines()[0]
            if Path("/proc", holder, "comm").read_text().strip() != "postgres":
                lock.unlink()


@contextmanager
def _opened(directory: Path) -> Iterator[tuple[int, str]]:
    """The directory as an open file, and a name for it that works for a child who inherits that file.

    A server that is not root may be unable to walk down to its data (a clone below a home of mode 0700, a test's
    private directory). Through an open file it need not walk. Where there is no /proc, the plain name has to do.
    """
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        by_file = os.geteuid() == 0 and Path("/proc/self/fd").exists()
        yield handle, f"/proc/self/fd/{handle}" if by_file else str(directory)
    finally:
        os.close(handle)


@contextmanager
def _pipe_with(text: str, reader: User | None) -> Iterator[int]:
    """A pipe holding one line, that `reader` may open by name: the password touches no disk on its way."""
    read_end, write_end = os.pipe()
    if reader:
        os.fchown(read_end, reader.uid, reader.gid)
    os.write(write_end, f"{text}\n".encode())
    os.close(write_end)
    try:
        yield read_end
    finally:
        os.close(read_end)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.postgres", description="PostgreSQL in the foreground.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    server = Postgres(arguments.data, port=arguments.port)
    try:
        server.replace_us()
    except NotStarted as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
