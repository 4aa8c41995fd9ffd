"""Install pinned requirements into this environment: `.venv/bin/python local/install.py FILE…`.

With uv where it can be had (seconds), else with pip (a minute). Needs nothing but the standard library: it is what runs
first on a fresh machine.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

# pip's settings that uv does not read, so that a mirror configured for pip serves both.
SETTINGS = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}


def main(files: list[str]) -> None:
    begin = time.monotonic()
    print(f"Installing {', '.join(files)} …", flush=True)
    wanted = [word for file in files for word in ("-r", file)]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        subprocess.run([*pip, "uv"], check=False)
    environment = os.environ | environment_of_uv()
    with_uv = [str(uv), "pip", "install", "--quiet", "--python", sys.executable, *wanted]
    if not uv.exists() or subprocess.run(with_uv, env=environment, check=False).returncode != 0:
        print("uv could not do it; pip takes about a minute …", flush=True)
        if subprocess.run([*pip, *wanted], check=False).returncode != 0:
            sys.exit("The packages could not be installed. Is this machine connected to a package index?")
    print(f"Installed in {time.monotonic() - begin:.0f} s.", flush=True)


def environment_of_uv() -> dict[str, str]:
    """What uv has to be told to find packages where pip would."""
    return {"UV_INDEX_STRATEGY": "unsafe-best-match"} | _settings_of_pip()


def _settings_of_pip() -> dict[str, str]:
    """What `pip config list` knows about where packages come from, in uv's words."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found = {}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        variable = SETTINGS.get(name.rpartition(".")[2])
        if variable and variable not in os.environ:
            found[variable] = " ".join(value.strip("'\"").replace("\\n", " ").split())
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
