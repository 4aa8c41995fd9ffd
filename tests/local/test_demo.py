"""The demo says plainly why it does not start."""

import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_port_in_use_is_told_with_what_to_type() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = [sys.executable, "-m", "local.demo", "--port", str(port), "--once"]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert said.returncode == 1
    assert f"Port {port} is taken by another program." in said.stdout
    assert "make demo PORT=" in said.stdout
