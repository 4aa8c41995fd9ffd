"""The planter of bugs: what it plants is what runs, and afterwards the sound line again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants import copied, planted, verdict
from tests.planted.mutant import Mutant

MODULE, TEST = "answer.py", "test_answer.py"


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """A project of one line and one test."""
    (tmp_path / MODULE).write_text("ANSWER = 1  # a\n")
    (tmp_path / TEST).write_text("import answer\n\n\ndef test_it():\n    assert answer.ANSWER == 1\n")
    with copied(tmp_path) as copy:
        yield copy


def says(copy: Path) -> str:
    """What the module says to a new process; it was written at the same second as ever."""
    os.utime(copy / MODULE, (0, 0))
    asked = [sys.executable, "-c", "import answer; print(answer.ANSWER)"]
    return subprocess.run(asked, cwd=copy, capture_output=True, text=True, check=True).stdout.strip()


def test_a_bug_as_long_as_the_sound_line_and_of_the_same_second_runs_and_then_the_sound_line(copy: Path) -> None:
    assert says(copy) == "1"
    for bug in ("2", "3"):
        with planted(copy, Mutant("it is one", MODULE, "1", bug, TEST)):
            assert says(copy) == bug
        assert says(copy) == "1"


@pytest.mark.parametrize(
    ("sound", "bug", "tests", "told"),
    [
        ("1", "2", TEST, "red"),
        ("# a", "# b", TEST, "STILL GREEN"),
        ("1", "2", "test_nowhere.py", "NOT RUN (4)"),
    ],
)
def test_only_a_test_that_fails_is_red(copy: Path, sound: str, bug: str, tests: str, told: str) -> None:
    assert verdict(copy, Mutant("it is one", MODULE, sound, bug, tests)) == told


def test_a_line_that_is_not_there_exactly_once_is_not_planted(copy: Path) -> None:
    with pytest.raises(ValueError, match="5 times"), planted(copy, Mutant("it is one", MODULE, " ", "", TEST)):
        pass
    assert says(copy) == "1"
