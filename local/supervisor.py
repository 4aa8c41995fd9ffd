"""Starts processes in order, restarts what dies, and leaves nothing running, even when it is killed itself."""

import queue
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.probe import Probe
from local.server import NotStarted
from local.service import Attendant, Service
from local.voice import Voice

PATIENCE = 3.0  # seconds a layer may take to end before it is killed


class Stopped(Exception):
    """Somebody asked us to stop."""


class Supervisor:
    """Services come up layer by layer and go down in the opposite order. Belongs to the main thread.

    Inside `listening()`, Ctrl-C and SIGTERM raise Stopped from `start`, `run` and `watch`. Being killed itself is what
    the leash of each process is for.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._layers: list[list[Attendant]] = []
        self._ended: queue.SimpleQueue[Attendant | None] = queue.SimpleQueue()  # None: look up, we are asked to stop
        self._asked = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Ctrl-C, SIGTERM and a closed terminal ask us to stop. On leaving, all that was started is gone."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, lambda *_: self._ask()) for number in numbers}
        try:
            yield
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def start(self, *services: Service) -> None:
        """Start one layer and wait until all of it is ready. Raises NotStarted when one dies or is not in time."""
        layer = [Attendant(service, self._voice.of, self._ended.put) for service in services]
        self._layers.append(layer)
        for attendant in layer:
            attendant.start()
        for attendant in layer:
            self._wait_until_ready(attendant, layer)

    def wait_for(self, what: str, probe: Probe, within: float) -> None:
        """Wait until something is true that no single service answers for. Raises NotStarted."""
        deadline = time.monotonic() + within
        while not probe():
            if time.monotonic() > deadline:
                raise NotStarted(f"{what} was not true within {within:g} s.")
            self._tend(0.1)

    def run(self, name: str, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> int:
        """Run something that ends by itself; its exit code."""
        task = Attendant(Service(name, command, environment=environment), self._voice.of, self._ended.put)
        layer = [task]
        self._layers.append(layer)
        task.start()
        while task.running:
            self._tend(excepting=layer)
        self._layers.remove(layer)
        task.end(0)
        return task.exit_code or 0

    def watch(self) -> None:
        """Restart what dies, until somebody asks to stop."""
        while True:
            self._tend()

    def stop(self) -> None:
        """The last layer first. After this nothing is left."""
        while self._layers:
            layer = self._layers.pop()
            for attendant in layer:
                attendant.ask_to_stop()
            deadline = time.monotonic() + PATIENCE
            while any(attendant.running for attendant in layer) and time.monotonic() < deadline and self._asked < 2:
                time.sleep(0.02)
            for attendant in layer:
                attendant.end(0)

    @property
    def pids(self) -> dict[str, int]:
        """The processes of the moment."""
        return {attendant.service.name: attendant.pid for layer in self._layers for attendant in layer}

    def _wait_until_ready(self, attendant: Attendant, layer: list[Attendant]) -> None:
        service = attendant.service
        deadline = time.monotonic() + service.within
        while True:
            for one in layer:  # before its probe is asked: somebody else may answer in its place
                if not one.running:
                    raise NotStarted(f"{one.service.name} ended ({one.reason}) and last said:\n{one.last_words}")
            if service.ready():
                return
            if time.monotonic() > deadline:
                raise NotStarted(f"{service.name} was not ready in {service.within:g} s:\n{attendant.last_words}")
            self._tend(0.05, excepting=layer)

    def _tend(self, longest: float | None = None, *, excepting: Sequence[Attendant] = ()) -> None:
        """Wait for news (at most `longest` seconds) and act on it."""
        pauses = [a for layer in self._layers for a in layer if a.again_at is not None]
        waits = [a.again_at - time.monotonic() for a in pauses if a.again_at is not None]
        waits += [longest] if longest is not None else []
        try:
            news = self._ended.get(timeout=max(0.0, min(waits)) if waits else None)
        except queue.Empty:
            news = None
        if self._asked:
            raise Stopped
        if news is not None and news not in excepting:
            self._plan_restart(news)
        for attendant in pauses:
            if attendant.again_at is not None and attendant.again_at <= time.monotonic():
                attendant.start()

    def _plan_restart(self, attendant: Attendant) -> None:
        if attendant.running or attendant.again_at is not None or not any(attendant in layer for layer in self._layers):
            return  # old news
        attendant.end(0)  # what it forked goes with it
        words = f"\n{attendant.last_words}" if attendant.service.quiet else ""
        seconds = attendant.pause()
        self._voice.trouble(f"{attendant.service.name} ended ({attendant.reason}); again in {seconds:g} s{words}")

    def _ask(self) -> None:
        self._asked += 1
        self._ended.put(None)
