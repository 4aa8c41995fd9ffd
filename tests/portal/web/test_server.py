"""The web server's own file: the portal is opened once, and who is killed is back in the time of a fork."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.ports import LOOPBACK, free_port
from local.probe import answers
from local.process import Process, descendants

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def url() -> str:
    return f"http://{LOOPBACK}:{free_port()}"


@pytest.fixture(scope="module")
def server(url: str, database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Three processes: a master that only forks and two that serve."""
    environment = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", url.removeprefix("http://")]
        server = Process(
            command, environment=environment, directory=ROOT, output=output.fileno(), death_signal=signal.SIGTERM
        )
    try:
        end = time.monotonic() + 60
        while not (answers(f"{url}/healthz")() and len(descendants(server.pid)) == 2):
            assert time.monotonic() < end, log.read_text()[-2000:]
            time.sleep(0.1)
        yield server
    finally:
        server.stop()


def test_nothing_is_connected_before_the_fork(server: Process) -> None:
    """Two processes that speak on one connection would read each other's answers."""
    sockets = [os.readlink(link) for link in Path(f"/proc/{server.pid}/fd").iterdir() if link.is_symlink()]
    assert len([each for each in sockets if each.startswith("socket:")]) == 1, "it listens, and does nothing else"


def test_who_is_killed_is_back_in_the_time_of_a_fork(server: Process, url: str) -> None:
    """By CPU time: together they have used far less than it takes to open the portal."""
    for victim in descendants(server.pid):
        os.kill(victim, signal.SIGKILL)
    session = requests.Session()
    session.trust_env = False
    end = time.monotonic() + 30
    while True:
        try:
            assert session.get(f"{url}/healthz", timeout=10).status_code == 200
            break
        except requests.ConnectionError:
            assert time.monotonic() < end
            time.sleep(0.05)
    opened = cpu(server.pid)
    assert sum(cpu(child) for child in descendants(server.pid)) < opened / 4


def cpu(pid: int) -> float:
    """Seconds that this process has used (proc(5), schedstat)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
