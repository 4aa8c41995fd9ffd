"""A part of the crash matrix, for every run of the tests; `make crash` runs all of it."""

import signal
from collections.abc import Iterator

import pytest

from tests.crash.house import House
from tests.crash.house import house as open_house
from tests.crash.matrix import crash, moments_of
from tests.crash.scenarios import SCENARIOS

pytestmark = pytest.mark.crash


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("crash")) as built:
        yield built


MONEY_MOVES = [
    "booking paid",
    "refund done",
    "booking paid with Toss",
    "refund done by Toss",
    "late money given back",
    "dearer move paid",
    "dearer move paid with Toss",
    "cheaper move",
]


@pytest.mark.parametrize("story", MONEY_MOVES)
def test_a_worker_killed_around_money_changes_no_ending(house: House, story: str) -> None:
    scenario = SCENARIOS[story]
    moments, expected = moments_of(house, scenario)
    around_money = [moment for moment in moments if moment.label in {"provider: confirm", "provider: repay"}]
    commits = [moment for moment in moments if "» done" in moment.label and moment.side == "before"]
    last_commit = commits[-1:]
    assert len(around_money) == 2
    assert commits

    for moment in around_money + last_commit:
        got, _seconds = crash(house, scenario, moment, signal.SIGKILL)
        assert got == expected, str(moment)


def test_a_worker_killed_on_the_way_back_changes_no_ending(house: House) -> None:
    scenario = SCENARIOS["booking declined"]
    moments, expected = moments_of(house, scenario)
    turn = next(moment for moment in moments if "refused" in moment.label and moment.side == "after")

    got, _seconds = crash(house, scenario, turn, signal.SIGKILL)
    assert got == expected


def test_a_worker_killed_between_giving_up_the_place_and_sending_late_money_back_changes_no_ending(
    house: House,
) -> None:
    scenario = SCENARIOS["late money given back"]
    moments, expected = moments_of(house, scenario)
    for side in ("before", "after"):
        turn = next(m for m in moments if "«take in late payment» undone" in m.label and m.side == side)
        got, _seconds = crash(house, scenario, turn, signal.SIGKILL)
        assert got == expected, str(turn)


def test_a_worker_that_was_paused_beyond_its_lease_changes_nothing_when_it_wakes(house: House) -> None:
    scenario = SCENARIOS["booking paid"]
    moments, expected = moments_of(house, scenario)
    charged = next(m for m in moments if m.label == "provider: confirm" and m.side == "after")

    got, _seconds = crash(house, scenario, charged, signal.SIGSTOP)
    assert got == expected
