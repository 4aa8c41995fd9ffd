"""Installing the practice provider once, with uv in a few seconds or else with pip."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from local.install import environment_of_uv

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
WITHIN = 600.0
"""Seconds it may take."""


def install(venv: Path, pinned: Path = REQUIREMENTS) -> Path | None:
    """The Python of an environment that has what is pinned there; None if it cannot be had."""
    python, stamp = venv / "bin" / "python", venv / "installed"
    wanted = pinned.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    shutil.rmtree(venv, ignore_errors=True)  # half of one, or an older one
    uv = Path(sys.executable).with_name("uv")
    requirements = ["--quiet", "-r", str(pinned)]
    with_pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", *requirements]
    with_uv = [str(uv), "pip", "install", "--python", str(python), *requirements]
    made = _does([sys.executable, "-m", "venv", str(venv)])
    if not made or not ((uv.exists() and _does(with_uv)) or _does(with_pip)):
        return None
    stamp.write_text(wanted)
    return python


def _does(command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            env=os.environ | environment_of_uv(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=WITHIN,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
