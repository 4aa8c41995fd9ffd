"""Servers that are measured: started together, and asked until they are ready."""

import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from local.probe import answers
from local.process import Process

PATIENCE = 120.0


def start(
    stack: ExitStack,
    commands: Mapping[str, Sequence[str | Path]],
    *,
    environment: Mapping[str, str],
    directory: Path,
    logs: Path,
    ready: str,
) -> dict[str, list[int]]:
    """Their process ids, by their names, once the address `ready` answers; they end with the stack."""
    pids = {}
    for name, command in commands.items():
        log = stack.enter_context((logs / f"{name}.log").open("wb"))
        process = Process(
            command, environment=environment, directory=directory, output=log.fileno(), death_signal=signal.SIGTERM
        )
        stack.callback(process.stop)
        pids[name] = [process.pid]
    until = time.monotonic() + PATIENCE
    while not answers(ready)():
        if time.monotonic() > until:
            said = "\n".join((logs / f"{name}.log").read_text()[-1000:] for name in commands)
            raise TimeoutError(f"{ready} does not answer:\n{said}")
        time.sleep(0.1)
    return pids
