"""A thread that sleeps until it is rung or until the time it asked to be woken, so that nothing polls."""

import sys
import threading
import traceback
from collections.abc import Callable


class Alarm(threading.Thread):
    """Calls `work` at the start, at each ring, and after as many seconds as `work` returned (None: only when rung)."""

    def __init__(self, name: str, work: Callable[[], float | None]) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._bell = threading.Event()
        self._stopped = False

    def ring(self) -> None:
        self._bell.set()

    def stop(self) -> None:
        self._stopped = True
        self._bell.set()
        self.join()

    def run(self) -> None:
        while not self._stopped:
            try:
                pause = self._work()
            except Exception:
                traceback.print_exc(file=sys.stderr)
                pause = 1.0
            self._bell.wait(pause)
            self._bell.clear()
