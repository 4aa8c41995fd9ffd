"""The plan of a trial: everything has its turn, and the same seed has the same plan."""

from collections import Counter
from itertools import islice

from tests.chaos.schedule import Turns, rounds

TIMES = {"often": 3, "seldom": 1}


def test_everything_has_its_turn_in_each_round() -> None:
    plan = [what for _at, what in islice(rounds("7", TIMES, 2.0), 8)]
    assert Counter(plan[:4]) == Counter(plan[4:]) == TIMES


def test_the_same_seed_has_the_same_plan_and_another_has_another() -> None:
    one, again, other = (list(islice(rounds(seed, TIMES, 2.0), 40)) for seed in ("7", "7", "8"))
    assert one == again
    assert [what for _at, what in one] != [what for _at, what in other]


def test_moments_come_in_order_about_so_far_apart() -> None:
    moments = [at for at, _what in islice(rounds("7", TIMES, 2.0), 200)]
    assert all(1.0 <= later - earlier <= 3.0 for earlier, later in zip([0.0, *moments], moments, strict=False))
    assert 1.8 < moments[-1] / 200 < 2.2


def test_what_cannot_be_done_yet_waits_for_its_turn() -> None:
    turns = Turns(iter([(1.0, "first"), (2.0, "second"), (9.0, "third"), (99.0, "never")]))
    assert turns.due(0.5) == []
    assert turns.due(3.0) == ["first", "second"]
    turns.done("second")
    assert turns.due(4.0) == ["first"]
    assert turns.due(9.0) == ["first", "third"]
