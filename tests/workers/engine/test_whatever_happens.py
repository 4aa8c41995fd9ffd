"""Whatever happens to the real engine, in whatever order, it keeps the promises of the protocol and goes its ways only.

Two drivers that overtake each other, a sweep, people, a provider that charges and loses the answer, steps that refuse
and break, kills, and commits whose connection is lost. ENGINE_EXAMPLES=5000 looks deeper than a run of all tests can.
"""

import os
from collections.abc import Iterator
from typing import Literal

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
from tests.workers.engine.protocol.promises import UNANSWERED
from tests.workers.engine.whatever import fickle, mirror
from tests.workers.engine.whatever.judge import IMPATIENT, LOST_WAKE, Judge
from tests.workers.engine.whatever.stage import TIMES, Stage

NOT_YET = frozenset({UNANSWERED, IMPATIENT, LOST_WAKE})
"""What the engine does not keep yet (test_open.py)."""

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
BREAK = ("look", "first", "second", "mean charge", "third", "mean tell", "undo first", "undo second")


class Whatever(RuleBasedStateMachine):
    """What may happen to one saga, a rule each."""

    def open(self) -> tuple[Stage, Judge]:
        raise NotImplementedError

    @initialize()
    def begin(self) -> None:
        self.stage, self.judge = self.open()
        self.world, self.puppets = self.stage.world, self.stage.puppets

    @rule(who=WHO, stops=strategies.integers(1, 4))
    def go_on(self, who: int, stops: int) -> None:
        for _ in range(stops):
            self.puppets[who].go(self.stage.id)

    @rule(who=WHO)
    def drive_what_is_due(self, who: int) -> None:
        self.stage.let_pass("a moment")
        self.puppets[who].end(self.stage.id)

    @rule(who=WHO, stops=strategies.integers(1, 4))
    def overtake(self, who: int, stops: int) -> None:
        self.stage.let_pass("a lease")
        self.go_on(who, stops)

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

    @rule(step=strategies.sampled_from(["first", "second"]))
    def refuse(self, step: str) -> None:
        self.world.refuse.add(step)

    @rule()
    def be_well(self) -> None:
        self.world.well()

    @rule(
        decides=strategies.sampled_from(["done", "no", "waits"]),
        fate=strategies.sampled_from(["arrives", "is lost", "never arrives"]),
        silent=strategies.booleans(),
    )
    def change_the_provider(self, decides: str, fate: str, silent: bool) -> None:
        self.world.will, self.world.silent = (decides, fate), silent

    @rule()
    def let_the_search_catch_up(self) -> None:
        self.world.search_catches_up()

    @rule(answer=strategies.sampled_from(["done", "no"]))
    def let_the_customer_act(self, answer: str) -> None:
        if self.world.customers_act(answer):
            self.stage.wake()

    @rule(what=strategies.sampled_from([what for what in TIMES if what != "the memory of the provider"]))
    def let_time_pass(self, what: str) -> None:
        self.stage.let_pass(what)

    @precondition(lambda self: not any(puppet.at for puppet in self.puppets))
    @rule()
    def outlast_the_memory_of_the_provider(self) -> None:
        self.stage.let_pass("the memory of the provider")

    @rule()
    def wake(self) -> None:
        self.stage.wake()

    @rule()
    def resume(self) -> None:
        parked = self.stage.row().state == "parked"
        assert self.stage.resume() == parked

    @rule()
    def hand_over(self) -> None:
        self.stage.hand_over()

    @rule(answer=strategies.sampled_from(["done", "refused", "anew"]))
    def decide(self, answer: Literal["done", "refused", "anew"]) -> None:
        self.stage.decide(answer)

    @rule()
    def begin_the_same_again(self) -> None:
        assert self.stage.begin() == self.stage.id

    @rule(deaf=strategies.booleans())
    def lose_or_find_redis(self, deaf: bool) -> None:
        self.stage.deaf = deaf

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
            assert self.stage.row().ended_at, f"it does not end: {self.stage.row()}"
            self.judge.look()


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
        return stage, Judge(stage, protocol.turns, NOT_YET)

    with mirror.diary(watch), world.strings.attached(database):
        run_state_machine_as_test(
            type("WhateverHere", (Whatever,), {"open": opened}),
            settings=PROFILE,
        )
