"""Plants one bug at a time in a copy of the project and sees whether its test turns red: `make mutants`.

A test that cannot fail promises nothing. The bugs stand in tests/planted. With words only those whose promise has one
of them, and several at once if there are cores for it: `python -m tests.mutants fence deadline --jobs 2`.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.planted import EVERY
from tests.planted.mutant import Mutant

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "var", "__pycache__", ".mypy_cache", ".ruff_cache", "node_modules")
PATIENCE = 300
"""Seconds for the tests of one bug."""
RED = "red"


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """A copy in which bugs can be planted, one after the other.

    Its bytecode is kept from one bug to the next, by the hash of what it was made from: by time and length, as is
    usual, a bug as long as the sound line and written in the same second would not be run.
    """
    with tempfile.TemporaryDirectory(prefix="jari-mutant-") as directory:
        os.chmod(directory, 0o755)  # noqa: S103  # PostgreSQL runs as a user of its own
        copy = Path(directory) / "jari"
        shutil.copytree(root, copy, ignore=LEFT_OUT)
        compiling = ["-m", "compileall", "-q", "--invalidation-mode", "checked-hash", copy]
        subprocess.run([sys.executable, *compiling], check=True)
        yield copy


@contextmanager
def planted(copy: Path, mutant: Mutant) -> Iterator[None]:
    """Has the bug in the copy. Raises ValueError if the sound line is not there exactly once."""
    file = copy / mutant.file
    text = file.read_text()
    if text.count(mutant.sound) != 1:
        raise ValueError(f"{mutant.promise}: the line is {text.count(mutant.sound)} times in {mutant.file}")
    file.write_text(text.replace(mutant.sound, mutant.bug))
    try:
        yield
    finally:
        file.write_text(text)


def verdict(copy: Path, mutant: Mutant) -> str:
    """RED if the tests fail with the bug in; else what became of them."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", *mutant.tests.split()]
    with planted(copy, mutant):
        try:
            code = subprocess.run(command, cwd=copy, capture_output=True, timeout=PATIENCE).returncode
        except subprocess.TimeoutExpired:
            return f"NO ANSWER in {PATIENCE} s"
    # Nothing collected, an import that fails, a wrong path: that proves nothing.
    return {0: "STILL GREEN", 1: RED}.get(code, f"NOT RUN ({code})")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only promises that have one of these")
    parser.add_argument("--jobs", type=int, default=1, help="so many at once, each in a copy of its own")
    asked = parser.parse_args()
    chosen = [one for one in EVERY if not asked.words or any(word in one.promise for word in asked.words)]
    copies: SimpleQueue[Path] = SimpleQueue()

    def judge(mutant: Mutant) -> str:
        copy = copies.get()
        try:
            return verdict(copy, mutant)
        finally:
            copies.put(copy)

    print("| promise | planted in | its test |\n| --- | --- | --- |", flush=True)
    missed = 0
    with ExitStack() as stack:
        for _ in range(asked.jobs):
            copies.put(stack.enter_context(copied(ROOT)))
        jobs = stack.enter_context(ThreadPoolExecutor(asked.jobs))
        for mutant, told in zip(chosen, jobs.map(judge, chosen), strict=True):
            missed += told != RED
            print(f"| {mutant.promise} | {mutant.file} | {told} |", flush=True)
    print(f"\n{len(chosen)} planted, {len(chosen) - missed} caught, {missed} missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
