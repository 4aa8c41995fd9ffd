"""The bugs of `make mutants` can still be planted: each line they change is there, once."""

from pathlib import Path

import pytest

from tests.planted import MUTANTS, Mutant
from tests.planted_identity import IDENTITY
from tests.planted_moves import MOVES
from tests.planted_waiting import WAITING_LISTS

ALL = (*MUTANTS, *IDENTITY, *MOVES, *WAITING_LISTS)


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.promise)
def test_a_bug_can_be_planted(root: Path, mutant: Mutant) -> None:
    assert (root / mutant.file).read_text().count(mutant.sound) == 1
    assert mutant.bug != mutant.sound
    for test in mutant.tests.split():
        assert (root / test.partition("::")[0]).exists() or "/" not in test or test.startswith("-"), test


def test_each_promise_is_named_once() -> None:
    assert len({mutant.promise for mutant in ALL}) == len(ALL)
