"""One process of the portal that is started again when it dies. Belongs to the main thread, which holds its leash."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from local.process import descendants
from tests.support.nursery import Nursed, Nursery


class Kept:
    """`says` stands in its log once it does its work; without it, `after` seconds are waited for; without either,
    whoever gets an answer knows."""

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: dict[str, str],
        log: Path,
        nursery: Nursery,
        *,
        says: bytes,
        after: float,
    ) -> None:
        self.name, self.log = name, log
        self.paused = False
        self._command, self._environment, self._nursery = command, environment, nursery
        self._says, self._after = says, after
        self._struck = False
        self._start()

    def start_again(self) -> None:
        """After whatever it left behind is gone, too."""
        self.process.stop(0)
        self._start()

    @property
    def pids(self) -> list[int]:
        """The master and its children, the master first."""
        return [self.process.pid, *descendants(self.process.pid)]

    @property
    def is_up(self) -> bool:
        """Since its last start, and as far as it shows."""
        if self.paused or self._struck:
            return False
        if self._says:
            with self.log.open("rb") as log:
                log.seek(self._log_began)
                return self._says in log.read()
        return bool(self._after) and time.monotonic() - self._started > self._after

    def kill(self, pids: list[int]) -> int:
        """SIGKILL to some of its processes; how many there were."""
        self._struck = True
        return sum(self._signal(pid, signal.SIGKILL) for pid in pids)

    def pause(self, pids: list[int]) -> None:
        """SIGSTOP to all of its processes, which are asked for beforehand: that takes its time."""
        self.paused = True
        for pid in pids:
            self._signal(pid, signal.SIGSTOP)

    def go_on(self) -> None:
        self.paused = False
        for pid in self.pids:
            self._signal(pid, signal.SIGCONT)

    def end(self) -> None:
        self.go_on()
        self.process.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _start(self) -> None:
        with self.log.open("ab") as out:
            self._log_began = out.tell()
            self.process = Nursed(self._nursery.start(self._command, self._environment, out))
        self._started = time.monotonic()
        self._struck = self.paused = False

    def _signal(self, pid: int, number: int) -> bool:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True
