"""The demo finds its ports and secrets again, keeps them from other users, and keeps a second demo away."""

import json
import socket
from pathlib import Path

import pytest

from local.memory import Memory, new_totp_secret
from local.server import NotStarted


def forget(memory: Memory) -> None:
    """As if the process had ended."""
    memory.lock.close()


def test_ports_and_secrets_stay_from_start_to_start(tmp_path: Path) -> None:
    first = Memory(tmp_path)
    port, secret, totp = first.port("mail"), first.secret("secret"), first.secret("totp", new_totp_secret)
    first.keep({"portal": "http://127.0.0.1:8000"})
    forget(first)

    second = Memory(tmp_path)

    assert (second.port("mail"), second.secret("secret"), second.secret("totp")) == (port, secret, totp)
    assert json.loads((tmp_path / "demo.json").read_text())["portal"] == "http://127.0.0.1:8000"
    forget(second)


def test_a_port_that_somebody_took_is_replaced(tmp_path: Path) -> None:
    first = Memory(tmp_path)
    port = first.port("mail")
    first.keep({})
    forget(first)

    with socket.create_server(("127.0.0.1", port)):
        second = Memory(tmp_path)
        assert second.port("mail") != port
        forget(second)


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.secret("secret")
    memory.keep({})

    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("secret", "demo.json")} == {0o600}
    forget(memory)


def test_a_second_demo_is_turned_away(tmp_path: Path) -> None:
    first = Memory(tmp_path)

    with pytest.raises(NotStarted, match="already runs"):
        Memory(tmp_path)
    forget(first)

    forget(Memory(tmp_path))


@pytest.mark.parametrize("half", ["", "{", "[]", "null"])
def test_a_broken_file_is_as_good_as_none(tmp_path: Path, half: str) -> None:
    (tmp_path / "demo.json").write_text(half)

    memory = Memory(tmp_path)

    assert memory.port("mail") > 0
    forget(memory)
