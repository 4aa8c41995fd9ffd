"""What is written in logs stays on its line and gives nothing away."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

WRITES = """
import json, logging, sys
from portal.kernel import log
log.set_up(pretty=False)
log.get("web.auth").warning("tried", **json.loads(sys.argv[1]))
logging.getLogger("somebody else").warning("sent Authorization: Bearer planted-value with sid=planted-value")
"""


def written(root: Path, **facts: str) -> list[str]:
    """The lines a production process writes about these facts."""
    command = [sys.executable, "-c", WRITES, json.dumps(facts)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stderr.splitlines()


@pytest.mark.asvs("16.4.1")
def test_a_name_with_line_ends_does_not_make_a_line_of_its_own(root: Path) -> None:
    evil = 'kim\r\n{"event": "sign_in.done", "account": "boss"}\u2028\x1b[31m'
    first, _ = written(root, account=evil)
    assert json.loads(first)["account"] == evil
    assert "\x1b" not in first


@pytest.mark.asvs("16.2.5")
def test_fields_that_hold_secrets_are_never_written(root: Path) -> None:
    names = ["password", "code", "token", "secret", "totp_secret", "sid", "Authorization", "new_password"]
    lines = written(root, **dict.fromkeys(names, "planted-value"))
    assert len(lines) == 2
    assert "planted-value" not in "".join(lines)
