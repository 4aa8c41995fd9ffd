"""How soon lost sagas are taken up: measured where there was somebody to do it, and held against the bound."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.away import POSTGRES, RINGS, Away
from tests.chaos.recovery import DRIVER, HEARD, QUEUE, RING, late, recoveries
from tests.chaos.witness import TakenUp

WORKERS = ["worker-0", "worker-1"]


def taken(why: str, seconds: float, *, ago: float = 0.0) -> TakenUp:
    """Taken up so long ago, so long after it was lost."""
    at = datetime.now(UTC) - timedelta(seconds=ago)
    return TakenUp(why, at - timedelta(seconds=seconds), at)


@pytest.mark.parametrize(
    ("struck", "why", "heading"),
    [((), "driver", DRIVER), ((), "begun", HEARD), ((RINGS,), "begun", RING), (("worker-0",), "driver", DRIVER)],
)
def test_a_loss_is_measured_by_its_cause(struck: tuple[str, ...], why: str, heading: str) -> None:
    away = Away()
    for part in struck:
        away.strike(part)
    time.sleep(0.01)
    took = recoveries([taken(why, 2.0)], away, WORKERS)
    assert {name: [round(one, 1) for one in times] for name, times in took.items()} == {heading: [2.0]}


@pytest.mark.parametrize("struck", [(POSTGRES,), ("worker-0", "worker-1")])
def test_where_nobody_could_go_on_nothing_is_measured(struck: tuple[str, ...]) -> None:
    away = Away()
    for part in struck:
        away.strike(part)
    assert recoveries([taken("driver", 9.0)], away, WORKERS) == {}


@pytest.mark.parametrize(("before_it", "heading"), [(6, DRIVER), (7, QUEUE)])
def test_where_a_queue_stands_the_queue_is_measured(before_it: int, heading: str) -> None:
    longer = [taken("again", 9.0, ago=1.0)] * before_it
    later = [taken("again", 2.0, ago=1.0)] * 9
    took = recoveries([*longer, *later, taken("driver", 8.0)], Away(), WORKERS)
    assert {name: [round(one, 1) for one in times] for name, times in took.items()} == {heading: [8.0]}
    assert late({QUEUE: [9.0]}) == []


def test_the_bound_is_three_seconds() -> None:
    assert late({DRIVER: [0.1, 2.9], RING: [2.9], HEARD: [9.0]}) == []
    assert len(late({DRIVER: [0.1, 3.1], RING: [3.2]})) == 2
