"""How soon lost sagas are taken up: measured where there was somebody to do it, and held against the bound."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.away import POSTGRES, RINGS, Away
from tests.chaos.recovery import DRIVER, HEARD, RING, late, recoveries
from tests.chaos.witness import TakenUp

WORKERS = ["worker-0", "worker-1"]


def taken(why: str, seconds: float) -> TakenUp:
    """Taken up just now, so long after it was lost."""
    now = datetime.now(UTC)
    return TakenUp(why, now - timedelta(seconds=seconds), now)


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


def test_the_bound_is_three_seconds() -> None:
    assert late({DRIVER: [0.1, 2.9], RING: [2.9], HEARD: [9.0]}) == []
    assert len(late({DRIVER: [0.1, 3.1], RING: [3.2]})) == 2
