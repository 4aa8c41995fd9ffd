"""The supervisor starts in order, restarts what dies, and leaves nothing running, however it ends."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from local.process import alive
from local.server import NotStarted
from local.service import Service
from local.supervisor import Supervisor
from local.voice import Voice

ROOT = Path(__file__).resolve().parents[2]


class Play:
    """The stage of stage.py in a process of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "tests.local.stage", str(directory)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self.pids: dict[str, int] = json.loads(self.read_until(lambda line: line.startswith("{")))

    def read_until(self, wanted: Callable[[str], bool]) -> str:
        assert self.supervisor.stdout is not None
        for line in self.supervisor.stdout:
            self.lines.append(line.rstrip())
            if wanted(line):
                return line
        raise AssertionError("\n".join(self.lines))

    def diary(self) -> list[str]:
        return (self.directory / "diary").read_text().splitlines()

    def left(self) -> list[str]:
        return [name for name, pid in self.pids.items() if alive(pid)]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    play = Play(tmp_path)
    yield play
    play.supervisor.kill()
    play.supervisor.communicate()
    for pid in play.pids.values():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def soon(condition: Callable[[], Any], within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_starts_in_order_with_named_lines_and_stops_in_the_opposite_order(play: Play) -> None:
    assert play.diary() == ["database begins", "web begins"]
    task = next(n for n, line in enumerate(play.lines) if line.endswith("| task speaks"))
    web = next(n for n, line in enumerate(play.lines) if line == "       web | web speaks")
    assert play.lines[0] == "  database | database speaks"
    assert 0 < task < web

    play.supervisor.send_signal(signal.SIGTERM)
    play.supervisor.wait(10)

    assert play.diary()[2:] == ["web ends", "database ends"]


def test_ctrl_c_ends_everything_in_five_seconds_even_the_deaf(play: Play) -> None:
    begin = time.monotonic()

    play.supervisor.send_signal(signal.SIGINT)
    code = play.supervisor.wait(10)

    assert code == 0
    assert time.monotonic() - begin < 5
    assert play.left() == []


def test_a_second_ctrl_c_does_not_wait(play: Play) -> None:
    begin = time.monotonic()

    play.supervisor.send_signal(signal.SIGINT)
    play.read_until(lambda line: line.startswith("stopping"))
    play.supervisor.send_signal(signal.SIGINT)
    play.supervisor.wait(10)

    assert time.monotonic() - begin < 2
    assert play.left() == []


def test_killed_itself_it_leaves_nothing(play: Play) -> None:
    assert len(play.left()) == 3

    play.supervisor.kill()
    play.supervisor.wait()

    assert soon(lambda: play.left() == [])


def test_what_dies_is_started_again_later_each_time(play: Play) -> None:
    (play.directory / "web.ready").unlink()
    os.kill(play.pids["web"], signal.SIGKILL)

    first = play.read_until(lambda line: "web ended (SIGKILL); again in" in line)
    assert soon((play.directory / "web.ready").exists)
    assert play.diary().count("web begins") == 2
    # The pid is new, and only the supervisor knows it: ask the machine for the child with that name.
    os.kill(child_called("web", play.supervisor.pid), signal.SIGKILL)
    second = play.read_until(lambda line: "web ended (SIGKILL); again in" in line)

    assert (first.split()[-2], second.split()[-2]) == ("0.25", "0.5")
    assert soon(lambda: play.diary().count("web begins") == 3)
    assert alive(play.pids["database"])
    play.pids["web"] = child_called("web", play.supervisor.pid)


def child_called(name: str, parent: int) -> int:
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if name.encode() in words and f"PPid:\t{parent}\n" in (entry / "status").read_text():
                return int(entry.name)
    raise AssertionError(name)


def test_a_service_that_dies_at_its_start_is_told_with_its_last_words() -> None:
    supervisor = Supervisor(Voice(io.StringIO()))
    fails = [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"]

    with (
        supervisor.listening(),
        pytest.raises(NotStarted, match=r"web ended \(exit code 3\)[\s\S]*no such table"),
    ):
        supervisor.start(Service("web", fails, ready=lambda: False))


def test_a_service_that_is_never_ready_is_given_up_and_ended() -> None:
    supervisor = Supervisor(Voice(io.StringIO()))
    sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]

    with supervisor.listening():
        with pytest.raises(NotStarted, match=r"web was not ready in 0.3 s"):
            supervisor.start(Service("web", sleeps, ready=lambda: False, within=0.3))
        pid = supervisor.pids["web"]

    assert not alive(pid)


def test_the_exit_code_of_a_task_is_told() -> None:
    supervisor = Supervisor(Voice(io.StringIO()))

    with supervisor.listening():
        assert supervisor.run("task", [sys.executable, "-c", "raise SystemExit(7)"]) == 7
        assert supervisor.pids == {}
