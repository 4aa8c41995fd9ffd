"""Toy sagas for the engine: local steps that write one row each, and a provider with books of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from portal.kernel import questions, wire
from portal.kernel.db import Tx, transaction
from portal.kernel.errors import Refusal
from portal.kernel.sagas import Progress
from portal.kernel.steps import Call, Definition, Done, External, NoTrace, Unknown, Waiting, function
from workers.engine import (
    ASYNC,
    COMPENSATABLE,
    PIVOT,
    READ,
    RETRYABLE,
    SYNC,
    Book,
    Driver,
    Policy,
    Saga,
    SagaPort,
    Step,
)

QUICK = Policy(lease=5, pace=1.0, cap=0.002, settle=0.0, max_attempts=5)


class No(Refusal):
    """The toy world says no."""

    code = "no"


class Odd(Refusal):
    """A refusal that no step declares."""


@dataclass(frozen=True)
class Command:
    name: str


@dataclass
class World:
    """What goes wrong, by step name; and the provider's own books."""

    refuse: set[str] = field(default_factory=set)
    odd: set[str] = field(default_factory=set)
    breaks: dict[str, int] = field(default_factory=dict)
    fault: list[str] = field(default_factory=list)
    charged: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    waiting: bool = False
    waits: set[str] = field(default_factory=set)
    """Steps whose statement waits for the next round trip …"""
    spoils: set[str] = field(default_factory=set)
    """… and those whose statement the database then refuses."""

    def trouble(self, name: str) -> None:
        if self.breaks.get(name, 0) > 0:
            self.breaks[name] -= 1
            raise RuntimeError(f"{name} broke")
        if name in self.refuse:
            raise No
        if name in self.odd:
            raise Odd


@dataclass
class Toy:
    """One toy saga and everything to drive it."""

    engine: Engine
    world: World
    port: SagaPort
    driver: Driver
    rung: list[UUID]

    def with_steps(self, *steps: Step) -> "Toy":
        """The same toy with another table."""
        book = Book([replace(self.port.book.newest("toy"), steps=steps)])
        port, driver = SagaPort(book, self.rung.append), Driver(self.engine, book, QUICK)
        return Toy(self.engine, self.world, port, driver, self.rung)

    def with_call(self, **parts: Callable[..., Any]) -> "Toy":
        """The same toy, where other functions make parts of the call."""
        steps = self.port.book.newest("toy").steps
        return self.with_steps(
            *(replace(s, do=replace(s.do, **parts)) if isinstance(s.do, External) else s for s in steps)
        )

    def begin(self, key: str = "one") -> UUID:
        with transaction(self.engine) as tx:
            self.port.begin(tx, "toy", key, {"name": key})
            return self.id_of(tx, key)

    def id_of(self, tx: Tx, key: str) -> UUID:
        """The saga of this key, wherever it is kept by now."""
        found = self.port.progress(tx, "toy", key)
        assert found
        return found.id

    def drive(self, saga_id: UUID, visits: int = 30) -> str:
        """Visits until the saga rests, making due what waits for its next try."""
        for _ in range(visits):
            self.driver.visit(saga_id)
            state = self.progress().state
            if state in {"done", "compensated", "parked"}:
                return state
            self.sql("UPDATE sagas SET next_at = now() WHERE lease_until IS NULL")
        return state

    def progress(self, key: str = "one") -> Progress:
        with transaction(self.engine) as tx:
            found = self.port.progress(tx, "toy", key)
        assert found is not None
        return found

    def state(self, key: str) -> str | None:
        with transaction(self.engine) as tx:
            return questions.answer(tx, self.port.state("toy", key))

    def effects(self) -> list[str]:
        return [row.what for row in self.sql("SELECT what FROM toy_effects ORDER BY id")]

    def log(self) -> list[str]:
        rows = self.sql("SELECT step, phase, outcome FROM saga_steps ORDER BY seq")
        return [f"{row.phase} {row.step}: {row.outcome}" for row in rows]

    def sql(self, statement: str, **given: Any) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), given)
            return list(result) if result.returns_rows else []


def write(world: World, name: str, refusals: tuple[type[Refusal], ...] = ()) -> Callable[..., Any]:
    @function("toy", f"{name} is written", refusals)
    def step(tx: Tx, key: str, name_: str = name) -> dict[str, str]:
        if name in world.waits:
            wrong = "SELECT 1 / 0, %(what)s" if name in world.spoils else None
            wire.later(tx, wrong or "INSERT INTO toy_effects (what) VALUES (%(what)s)", {"what": name})
        else:
            tx.execute(text("INSERT INTO toy_effects (what) VALUES (:what)"), {"what": name})
        world.trouble(name)
        return {"wrote": name}

    return step


def erase(world: World, name: str) -> Callable[..., Any]:
    @function("toy", f"{name} is erased")
    def undo(tx: Tx, key: str, done_key: str, refusal: Any) -> None:
        tx.execute(text("INSERT INTO toy_effects (what) VALUES (:what)"), {"what": f"undo {name}"})
        world.trouble(f"undo {name}")

    return undo


def provider(world: World) -> External:
    """Charges once per key. A fault «before» breaks before the effect, «after» behind it."""

    def intend(tx: Tx, key: str, name: str) -> Done | None:
        tx.execute(text("INSERT INTO toy_effects (what) VALUES ('intend')"))
        return None

    def send(call: Call, key: str) -> Done | Waiting:
        world.sent.append(key)
        fault = world.fault.pop(0) if world.fault else ""
        if fault == "before":
            raise ConnectionError("cut before")
        if world.waiting:
            return Waiting(datetime.now(UTC) + timedelta(hours=1))
        world.trouble("charge")
        if key not in world.charged:
            world.charged.append(key)
        if fault == "after":
            raise ConnectionError("cut after")
        return Done({"ref": key})

    def ask(call: Call, key: str) -> Done | NoTrace | Waiting:
        world.asked.append(key)
        fault = world.fault.pop(0) if world.fault else ""
        if fault == "ask":
            raise Unknown("no answer")
        if world.waiting:
            return Waiting(datetime.now(UTC) + timedelta(hours=1))
        return Done({"ref": key}) if key in world.charged else NoTrace(settled=False)

    def record(tx: Tx, key: str, answer: Any) -> None:
        tx.execute(
            text("INSERT INTO toy_effects (what) VALUES (:what)"), {"what": f"record {type(answer).__name__.lower()}"}
        )

    return External("charge", Definition("toy", "charged", (No,)), intend, send, ask, record)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def toy_saga(world: World) -> Saga:
    return Saga(
        "toy",
        1,
        Command,
        (
            Step("look", SYNC, write(world, "look"), None, READ),
            Step("first", ASYNC, write(world, "first", (No,)), erase(world, "first"), COMPENSATABLE),
            Step("second", ASYNC, write(world, "second", (No,)), erase(world, "second"), COMPENSATABLE),
            Step("charge", SYNC, provider(world), None, PIVOT),
            Step("third", ASYNC, write(world, "third"), None, RETRYABLE),
            Step("fourth", ASYNC, write(world, "fourth"), None, RETRYABLE),
        ),
    )


@pytest.fixture
def toy(database: Engine, world: World, toy_saga: Saga) -> Iterator[Toy]:
    rung: list[UUID] = []
    book = Book([toy_saga])
    with database.begin() as connection:
        connection.execute(
            text("CREATE TABLE IF NOT EXISTS toy_effects (id bigint GENERATED ALWAYS AS IDENTITY, what text)")
        )
    yield Toy(database, world, SagaPort(book, rung.append), Driver(database, book, QUICK), rung)
    with database.begin() as connection:
        connection.execute(text("DROP TABLE toy_effects"))
