"""Plants one bug at a time in a copy of the project and sees whether its test turns red: `make mutants`.

A test that cannot fail promises nothing. The bugs stand in planted.py and planted_….py. With words only those
whose promise has one of them: `python -m tests.mutants fence deadline`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.planted import MUTANTS, Mutant
from tests.planted_identity import IDENTITY
from tests.planted_moves import MOVES
from tests.planted_waiting import WAITING_LISTS

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "var", "__pycache__", ".mypy_cache", ".ruff_cache", "node_modules")


def caught(mutant: Mutant) -> bool:
    """Whether the tests turn red with the bug in. Raises ValueError if the sound line is not there exactly once."""
    with tempfile.TemporaryDirectory(prefix="jari-mutant-") as directory:
        os.chmod(directory, 0o755)  # noqa: S103  # PostgreSQL runs as a user of its own
        copy = Path(directory) / "jari"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        file = copy / mutant.file
        text = file.read_text()
        if text.count(mutant.sound) != 1:
            raise ValueError(f"{mutant.promise}: the line is {text.count(mutant.sound)} times in {mutant.file}")
        file.write_text(text.replace(mutant.sound, mutant.bug))
        tests = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", *mutant.tests.split()],
            cwd=copy,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        # 1: tests failed. Anything else (nothing collected, an import error) proves nothing.
        return tests.returncode == 1


def main() -> int:
    print("| promise | planted in | its test |\n| --- | --- | --- |")
    chosen = [
        one
        for one in (*MUTANTS, *IDENTITY, *MOVES, *WAITING_LISTS)
        if len(sys.argv) == 1 or any(word in one.promise for word in sys.argv[1:])
    ]
    missed = 0
    for mutant in chosen:
        red = caught(mutant)
        missed += not red
        print(f"| {mutant.promise} | {mutant.file} | {'red' if red else 'STILL GREEN'} |", flush=True)
    print(f"\n{len(chosen)} planted, {len(chosen) - missed} caught, {missed} missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
