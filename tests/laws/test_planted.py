"""The bugs of `make mutants` can still be planted: each line they change is there, once."""

from pathlib import Path

import pytest

from tests.planted import EVERY
from tests.planted.mutant import Mutant


@pytest.mark.parametrize("mutant", EVERY, ids=lambda mutant: mutant.promise)
def test_a_bug_can_be_planted(root: Path, mutant: Mutant) -> None:
    assert (root / mutant.file).read_text().count(mutant.sound) == 1
    assert mutant.bug != mutant.sound
    for test in mutant.tests.split():
        assert (root / test.partition("::")[0]).exists() or "/" not in test or test.startswith("-"), test


def test_each_promise_is_named_once() -> None:
    assert len({mutant.promise for mutant in EVERY}) == len(EVERY)
