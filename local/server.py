"""What PostgreSQL, Redis and the other local servers have in common: start, wait until ready, stop, kill, restart."""

import time
from abc import ABC, abstractmethod
from pathlib import Path

from local.process import Process


class NotStarted(RuntimeError):
    """A local server could not be started; the message says why and what helps."""


class Server(ABC):
    """One server with its data and its `log` in `directory`. The URL stays the same over restarts."""

    name = "server"
    starts_within = 60.0  # seconds; replaying a log after a kill takes its time

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory).absolute()
        self._process: Process | None = None
        self._log_begins = 0

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients find it."""

    @property
    def log(self) -> Path:
        return self.directory / "log"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise NotStarted(f"{self.name} is not running.")
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers. Raises NotStarted with the last lines of its log."""
        self.prepare()
        with self.log.open("ab") as log:
            self._log_begins = log.tell()
            self._process = self.launch(log.fileno())
        deadline = time.monotonic() + self.starts_within
        # Both: somebody else may answer on a port that ours did not get.
        while not (self._process.running and self.is_ready()):
            if not self._process.running or time.monotonic() > deadline:
                self.stop()
                raise NotStarted(f"{self.name} did not start. The end of {self.log}:\n{self.last_words()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask it to finish and wait until it is gone. Does nothing when it is not running."""
        if self._process is not None:
            self._process.stop(within=10)
            self._process = None

    def kill(self) -> None:
        """SIGKILL to all its processes, as a crash would; `start()` brings it back."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def last_words(self, lines: int = 12) -> str:
        """The end of what it logged since its last start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self._log_begins)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    def prepare(self) -> None:
        """Make what must exist before the first start."""
        self.directory.mkdir(parents=True, exist_ok=True)

    @abstractmethod
    def launch(self, output: int) -> Process:
        """Start the process; it writes to the file descriptor `output`."""

    @abstractmethod
    def is_ready(self) -> bool:
        """True once it answers its clients."""
