"""A short trial for every run of the tests; `make chaos` is the long one."""

import subprocess
import sys
from pathlib import Path

import pytest

SEED = 26


@pytest.mark.crash
@pytest.mark.timeout(600)  # it stops by itself long before, but a busy machine starts the house slowly
def test_a_short_trial_breaks_no_promise(root: Path, tmp_path: Path) -> None:
    trial = [sys.executable, "-m", "tests.chaos", "--seconds", "15", "--seed", str(SEED), "--customers", "12"]
    done = subprocess.run(
        [*trial, "--directory", str(tmp_path / "chaos")], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "| broken promises | 0 |" in done.stdout
