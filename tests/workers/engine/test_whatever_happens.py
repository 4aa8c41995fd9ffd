"""Whatever happens to the real engine, in whatever order, it keeps the promises of the protocol and goes its ways only.

Two drivers that overtake each other, a sweep, people, a provider that charges and loses the answer, steps that refuse
and break, kills, and commits whose connection is lost. ENGINE_EXAMPLES=5000 looks deeper than a run of all tests can.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from portal.kernel.db import make_engine
from tests.workers.engine.protocol.explorer import explore
from tests.workers.engine.protocol.game import Game
from tests.workers.engine.whatever import fickle, mirror
from tests.workers.engine.whatever.judge import Judge
from tests.workers.engine.whatever.stage import Stage

DEEPER = int(os.environ.get("ENGINE_EXAMPLES", "0"))
PROFILE = settings(
    max_examples=DEEPER or 40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not DEEPER,
    database=None,
    # Making a story short takes minutes: for whoever looks for its cause, not for every run.
    phases=(Phase.generate, Phase.shrink) if DEEPER else (Phase.generate,),
)
WHO = strategies.sampled_from([0, 1])
STOPS = strategies.integers(1, 5)
BREAK = ("look", "first", "second", "mean charge", "third", "mean tell", "undo first", "undo second")

HAPPENS: dict[str, Callable[[Stage], object]] = {
    "a moment passes": lambda stage: stage.let_pass("a moment"),
    "the settling time is over": lambda stage: stage.let_pass("the settling time"),
    "all patience is over": lambda stage: stage.let_pass("all patience"),
    "the deadline passes": lambda stage: stage.let_pass("the deadline"),
    "the key is forgotten": lambda stage: stage.outlast_the_memory(),
    "the search catches up": lambda stage: stage.world.search_catches_up(),
    "the customer agrees": lambda stage: stage.world.customers_act("done") and stage.wake(),
    "the customer does not": lambda stage: stage.world.customers_act("no") and stage.wake(),
    "news comes": lambda stage: stage.wake(),
    "a person resumes it": lambda stage: stage.resume(),
    "a person hands it over": lambda stage: stage.hand_over(),
    "a person says it was done": lambda stage: stage.decide("done"),
    "a person says it was not": lambda stage: stage.decide("refused"),
    "a person says: once more": lambda stage: stage.decide("anew"),
    "it is begun again": lambda stage: stage.begin_again(),
    "Redis is gone": lambda stage: stage.hear(deaf=True),
    "Redis is back": lambda stage: stage.hear(deaf=False),
    "nothing breaks any more": lambda stage: stage.world.well(),
}


class Whatever(RuleBasedStateMachine):
    """Sagas, one after the other, and what may happen to each."""

    def open(self) -> tuple[Stage, Judge]:
        raise NotImplementedError

    @initialize()
    def begin(self) -> None:
        self.stage, self.judge = self.open()
        self.world, self.puppets = self.stage.world, self.stage.puppets

    @rule(who=WHO, stops=STOPS)
    def go_on(self, who: int, stops: int) -> None:
        for _ in range(stops):
            self.puppets[who].go(self.stage.id)

    @rule(who=WHO, stops=STOPS)
    def overtake(self, who: int, stops: int) -> None:
        """The lease is over, and the one who is not on the way takes it up."""
        self.stage.let_pass("a lease")
        self.go_on(1 - who if self.puppets[who].at else who, stops)

    @rule(who=WHO)
    def drive_what_is_due(self, who: int) -> None:
        self.stage.let_pass("a moment")
        self.puppets[who].end(self.stage.id)

    @rule(who=WHO)
    def sweep(self, who: int) -> None:
        self.stage.sweep(self.puppets[who])

    @rule(who=WHO)
    def kill(self, who: int) -> None:
        self.puppets[who].kill()

    @rule(who=WHO, side=strategies.sampled_from(["before", "after"]))
    def lose_the_connection_at_the_next_commit(self, who: int, side: str) -> None:
        self.puppets[who].cut = side

    @rule(step=strategies.sampled_from(BREAK), times=strategies.sampled_from([1, 2, 99]))
    def break_something(self, step: str, times: int) -> None:
        self.world.breaks[step] = times

    @rule(
        decides=strategies.sampled_from(["done", "no", "waits"]),
        fate=strategies.sampled_from(["arrives", "is lost", "never arrives"]),
        silent=strategies.booleans(),
        refusing=strategies.sampled_from(["", "first", "second"]),
    )
    def change_what_is_answered(self, decides: str, fate: str, silent: bool, refusing: str) -> None:
        self.world.will, self.world.silent, self.world.refuse = (decides, fate), silent, {refusing}

    @rule(what=strategies.sampled_from(list(HAPPENS)))
    def happen(self, what: str) -> None:
        HAPPENS[what](self.stage)

    @precondition(lambda self: self.judge.ended)
    @rule()
    def begin_another(self) -> None:
        self.stage.calm_down()
        self.begin()

    @invariant()
    def every_promise_holds(self) -> None:
        self.judge.look()

    def teardown(self) -> None:
        """When faults end and people see to it, it ends, and rightly."""
        if not hasattr(self, "judge"):
            return
        self.stage.calm_down()
        if not self.judge.broken:
            self.stage.come_to_an_end()
            self.judge.look()
            assert self.judge.ended, f"it does not end: {self.stage.row()}"


@pytest.fixture
def watch(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, pool_size=4)
    yield engine
    engine.dispose()


@pytest.mark.timeout(0)
def test_whatever_happens_the_engine_keeps_its_promises(database: Engine, watch: Engine) -> None:
    world = fickle.Fickle()
    saga = fickle.table(world, watch)
    protocol = explore(Game(saga, processes=(0,), people=True, customer=True, breaking=True))
    assert not protocol.broken, protocol

    def opened(_self: Whatever) -> tuple[Stage, Judge]:
        stage = Stage(database, watch, world, saga)
        return stage, Judge(stage, protocol.turns)

    with mirror.diary(watch), world.strings.attached(database):
        run_state_machine_as_test(
            type("WhateverHere", (Whatever,), {"open": opened}),
            settings=PROFILE,
        )
