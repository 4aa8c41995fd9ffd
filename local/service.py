"""One process under supervision: how to start it, when it is ready, what it last said, and when to try again."""

import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.probe import Probe, at_once
from local.process import Process

LONGEST_PAUSE = 10.0  # seconds between two tries
CALM = 20.0  # seconds after which a process that ran is forgiven


@dataclass(frozen=True)
class Service:
    """`command` runs until it is stopped. A quiet service is heard only when it dies."""

    name: str
    command: Sequence[str | Path]
    ready: Probe = at_once
    environment: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    within: float = 60.0
    """Seconds until it must be ready."""
    quiet: bool = False


class Attendant:
    """Keeps one service: its process of the moment, its last lines and its pauses."""

    def __init__(
        self, service: Service, hear: Callable[[str, str], None], ended: Callable[["Attendant"], None]
    ) -> None:
        self.service = service
        self.again_at: float | None = None
        """When to start it again, by the monotonic clock; None while it runs."""
        self._last_lines: deque[str] = deque(maxlen=15)
        self._hear = hear
        self._ended = ended
        self._failures = 0
        self._started = 0.0
        self._process: Process
        self._listener: threading.Thread

    def start(self) -> None:
        """Only from the main thread: a leash is tied to the thread that holds it."""
        self.again_at = None
        self._started = time.monotonic()
        self._process = Process(
            self.service.command,
            environment=self.service.environment,
            output=subprocess.PIPE,
            stop_signal=self.service.stop_signal,
            death_signal=self.service.death_signal,
        )
        self._listener = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._listener.start()
        threading.Thread(target=self._attend, args=(self._process,), daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.running

    @property
    def exit_code(self) -> int | None:
        return self._process.exit_code

    @property
    def reason(self) -> str:
        """How it ended, in words."""
        code = self.exit_code or 0
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name

    @property
    def last_words(self) -> str:
        self._listener.join(0.2)  # what it said last may still be in the pipe
        return "\n".join(f"    {line}" for line in self._last_lines)

    def ask_to_stop(self) -> None:
        self._process.ask_to_stop()

    def end(self, within: float) -> None:
        """Wait, kill what will not go, and what it left behind."""
        self._process.stop(within)
        self._listener.join(0.2)

    def pause(self) -> float:
        """It died: decide when to start it again, later each time. The seconds until then."""
        if time.monotonic() - self._started > CALM:
            self._failures = 0
        seconds = min(LONGEST_PAUSE, 0.25 * 2**self._failures)
        self._failures += 1
        self.again_at = time.monotonic() + seconds
        return seconds

    def _listen(self, process: Process) -> None:
        if process.output is None:
            return
        for raw in process.output:
            line = raw.decode(errors="replace").rstrip()
            self._last_lines.append(line)
            if not self.service.quiet:
                self._hear(self.service.name, line)
        process.output.close()

    def _attend(self, process: Process) -> None:
        process.wait()
        self._ended(self)
