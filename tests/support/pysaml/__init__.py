"""A SAML identity provider that is none of ours: pysaml2, in an environment of its own, signing by xmlsec1.

Where the program xmlsec1 is missing it is installed with apt-get, as root; a machine that cannot have it skips the test
by name, except in CI.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.idp.installing import install

HERE = Path(__file__).parent


def program() -> str | None:
    """The path of xmlsec1, installed if need be; None if it cannot be had."""
    if not shutil.which("xmlsec1") and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "xmlsec1"]):
            subprocess.run(["apt-get", *command], stdout=sys.stderr, env=environment, check=False)
    return shutil.which("xmlsec1")


def python(directory: Path) -> Path | None:
    """The Python of an environment that has pysaml2; None if it cannot be had."""
    return install(directory / "venv", HERE / "requirements.txt")


def ask(python: Path, **told: Any) -> dict[str, Any]:
    """What `idp.py` answers to this."""
    command = [str(python), "-W", "ignore", str(HERE / "idp.py")]
    done = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
