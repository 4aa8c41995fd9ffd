"""What a supervisor says: its own progress with the seconds gone by, and the words of its children with their names."""

import os
import sys
import threading
import time
from contextlib import suppress
from typing import TextIO

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92)  # of the terminal; red is for bad news


class Voice:
    """Lines from several threads, never mixed. Colours only where somebody looks (and not with NO_COLOR)."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._begin = time.monotonic()
        self._lock = threading.Lock()
        self._colourful = self._out.isatty() and "NO_COLOR" not in os.environ
        self._names: dict[str, int] = {}

    def progress(self, words: str) -> None:
        self._say(f"{self._paint(f'{time.monotonic() - self._begin:6.1f} s', 2)}  {words}")

    def trouble(self, words: str) -> None:
        self.progress(self._paint(words, 31))

    def plain(self, words: str = "") -> None:
        self._say(words)

    def of(self, name: str, line: str) -> None:
        """A line that the child `name` said."""
        number = self._names.setdefault(name, len(self._names))
        self._say(f"{self._paint(f'{name:>10} |', COLOURS[number % len(COLOURS)])} {line}")

    def _say(self, line: str) -> None:
        with self._lock, suppress(OSError):  # nobody listens any more: the children go on all the same
            self._out.write(f"{line}\n")
            self._out.flush()

    def _paint(self, words: str, colour: int) -> str:
        return f"\x1b[{colour}m{words}\x1b[0m" if self._colourful else words
