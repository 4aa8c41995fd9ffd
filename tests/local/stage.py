"""A small play under supervision, for tests: `python -m tests.local.stage DIRECTORY`. Prints its pids, then goes on."""

import json
import signal
import sys
from pathlib import Path

from local.server import NotStarted
from local.service import Service
from local.supervisor import Stopped, Supervisor
from local.voice import Voice

# Each actor notes in the diary when it begins and when it is asked to end; `ready` files are the probes.
ACTOR = """
import os, signal, sys, time
name, directory = sys.argv[1:]
def note(word):
    with open(f"{directory}/diary", "a") as diary:
        diary.write(f"{name} {word}\\n")
def leave(*_):
    note("ends")
    raise SystemExit
signal.signal(signal.SIGTERM, leave)
note("begins")
time.sleep(0.1)
open(f"{directory}/{name}.ready", "w").close()
print(f"{name} speaks", flush=True)
while True:
    time.sleep(60)
"""
DEAF = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "w").close()
time.sleep(600)
"""


def actor(name: str, directory: Path) -> Service:
    command = [sys.executable, "-c", ACTOR, name, directory]
    return Service(name, command, ready=(directory / f"{name}.ready").exists)


def main() -> None:
    directory = Path(sys.argv[1])
    voice = Voice()
    supervisor = Supervisor(voice)
    with supervisor.listening():
        try:
            supervisor.start(actor("database", directory))
            if supervisor.run("task", [sys.executable, "-c", "print('task speaks')"]) != 0:
                raise NotStarted("task")
            covered = directory / "ears covered"
            deaf = Service("deaf", [sys.executable, "-c", DEAF, covered], ready=covered.exists)
            supervisor.start(actor("web", directory), deaf)
            voice.plain(json.dumps(supervisor.pids))
            supervisor.watch()
        except Stopped:
            voice.plain("stopping")


if __name__ == "__main__":
    signal.alarm(60)  # a test that dies leaves us not for long
    main()
