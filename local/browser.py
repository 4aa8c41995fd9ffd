"""Find a Chromium for the browser tests, or get one: `python -m local.browser` prints its path."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    """The browser named in CHROMIUM, else one on the PATH, else the one Playwright fetched earlier."""
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        if name and (found := shutil.which(name)):
            return found
    return _of_playwright()


def get() -> str | None:
    """Install one: Debian's as root, else Playwright's own. None when neither can be had."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say("No browser found; installing Chromium with apt-get …")
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *command], stdout=sys.stderr, env=environment, check=False)
        if found := find():
            return found
    if importlib.util.find_spec("playwright"):
        _say("No browser found; fetching Playwright's Chromium …")
        install = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(install, stdout=sys.stderr, check=False)
    return find()


def _of_playwright() -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    path = find() or get()
    if path is None:
        sys.exit("No browser: install chromium, or name one in CHROMIUM.")
    print(path)


if __name__ == "__main__":
    main()
