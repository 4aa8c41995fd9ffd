"""The protocol of visit, lease and unknown answer, played through to the last interleaving (protocol/)."""

import gc
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.workers.engine.protocol.explorer import explore
from tests.workers.engine.protocol.game import BUGS, Game
from tests.workers.engine.protocol.world import GRAPH
from workers.engine import Saga
from workers.sagas import book

EVERYTHING = {"people": True, "customer": True, "breaking": True}

GAMES = {
    "steps break, the customer waits, drivers are stopped": {"customer": True, "breaking": True},
    "people decide and resume": {"people": True},
    "three drivers": {"processes": (0, 1, 2)},
    "two threads of one process": {"processes": (0, 0)},
    "the power fails and forgets a claim": {"power_cuts": True},
    "the bell is lost with Redis": {"redis": True},
}

# Where each bug shows first, and what it comes to in the end when nobody looks for the first sign.
SIGNS = {
    "no fence": ("I9", "I8"),
    "fence by epoch alone": ("I9", "I8"),
    "fence by owner alone": ("I9", "I8"),
    "no lease": ("lease", ""),  # drivers get in one another's way, and the fence still holds (see below)
    "no end": ("I10", ""),
    "no asking": ("I7", "I3"),
    "no memory": ("I3", ""),
    "another key": ("I7", "I3"),
    "no intent": ("I7", "I3"),
    "silence is a no": ("I8", "I3"),
    "back behind the pivot": ("I3", "I5"),
    "first done, first undone": ("I6", ""),
    "log apart": ("I2", ""),
    "no sweep": ("stuck", ""),
}
NEEDS = {
    "fence by epoch alone": {"power_cuts": True},
    "fence by owner alone": {"processes": (0, 0)},
    "back behind the pivot": {"breaking": True},
    "no sweep": {"redis": True},
}


def of(table: Saga, *names: str) -> Saga:
    """The table with only these steps, and a deadline."""
    return replace(table, steps=tuple(step for step in table.steps if step.name in names), deadline=60.0)


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    """It would look again and again through a million tuples that are all needed: a fifth of the time."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def short(toy_saga: Saga) -> Saga:
    return of(toy_saga, "first", "charge", "third")


@pytest.mark.parametrize("table", list(book), ids=lambda table: table.name)
def test_one_driver_keeps_every_promise_with_our_own_tables_whatever_happens(table: Saga) -> None:
    found = explore(Game(table, processes=(0,), **EVERYTHING))

    assert not found.broken, found
    calls = any(step.external for step in table.steps)
    assert found.worlds > (4000 if calls else 50), "without an outside call there is little that can happen"


@pytest.mark.parametrize("what", GAMES)
def test_drivers_that_meet_keep_every_promise(short: Saga, what: str) -> None:
    found = explore(Game(short, **GAMES[what]))

    assert not found.broken, found
    assert found.worlds > 3000


@pytest.mark.skipif("PROTOCOL" not in os.environ, reason="minutes and gigabytes; PROTOCOL=all plays it")
@pytest.mark.timeout(3600)
def test_drivers_that_meet_keep_every_promise_when_everything_happens_at_once(toy_saga: Saga) -> None:
    found = explore(Game(of(toy_saga, "first", "charge", "third"), **EVERYTHING), most=5_000_000)

    assert not found.broken, found


def test_every_way_of_the_graph_is_gone_and_no_other(short: Saga) -> None:
    at_home = of(short, "first", "third")
    turns = set().union(*(explore(Game(table, processes=(0,), **EVERYTHING)).turns for table in (short, at_home)))

    gone = {(before, after) for (before, _), (after, _) in turns if before != after}
    assert gone == {(before, after) for before, afters in GRAPH.items() for after in afters if before != after}


def test_every_bug_is_looked_for() -> None:
    assert SIGNS.keys() == BUGS.keys()


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_in_the_protocol_is_found_and_the_way_to_it_told(toy_saga: Saga, bug: str) -> None:
    game = Game(of(toy_saga, "first", "second", "charge", "third"), bugs=frozenset({bug}), **NEEDS.get(bug, {}))
    sign, outcome = SIGNS[bug]

    found = explore(game)

    print(f"{bug}: {BUGS[bug]}\n{found}")  # pytest -s shows it; a test that fails does so anyway
    assert found.broken.startswith(sign)
    assert found.way
    if outcome:
        found = explore(game, only=outcome)
        print(found)
        assert found.broken.startswith(outcome)


def test_the_way_to_a_broken_promise_can_be_read(short: Saga) -> None:
    found = explore(Game(short, bugs=frozenset({"silence is a no"})), only="I3")

    assert str(found).splitlines() == [
        "I3: money moved twice, or not as the saga says",
        "  1. driver A claims it                                                    | ready at 0, A's",
        "  2. driver A does the steps before «charge» and means to call             | calling at 1, A's"
        " | call sent, provider has nothing",
        "  3. driver A sends: done, and the answer is lost                          | calling at 1, A's"
        " | call sent, provider has done",
        "  4. driver A loses patience: it turns round                               | compensating at 0, A's"
        " | call unknown, provider has done",
    ]


def test_without_leases_the_fence_alone_keeps_every_promise(toy_saga: Saga) -> None:
    """A lease saves work and the provider's patience; it is not what safety rests on."""
    found = explore(Game(of(toy_saga, "first", "charge"), bugs=frozenset({"no lease"})), only="I")

    assert not found.broken, found
