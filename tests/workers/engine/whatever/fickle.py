"""A saga whose steps and whose provider do as they are told: done, refused, broken; charged and the answer lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from portal.kernel.db import Tx
from portal.kernel.errors import Refusal
from portal.kernel.steps import Call, Definition, Done, External, NoTrace, Unknown, Waiting
from tests.workers.engine.conftest import Command, No, World, erase, write
from tests.workers.engine.whatever.puppets import Puppet, Strings
from workers.engine import ASYNC, COMPENSATABLE, PIVOT, READ, RETRYABLE, SYNC, Saga, Step


@dataclass
class Booked:
    """What the provider has under a key."""

    answer: str
    refusable: bool
    times: int = 0
    seen: bool = False
    """Its search finds it."""
    forgotten: bool = False
    """The key is; what was done stays done."""

    def decide(self, answer: str) -> None:
        """It is done, refused, or waits; what cannot be refused is done."""
        self.answer = "done" if answer == "no" and not self.refusable else answer
        self.times += self.answer == "done"


@dataclass
class Fickle(World):
    """`will` says what the provider does with what it is sent next: (decides, the answer's fate)."""

    strings: Strings = field(default_factory=Strings)
    books: dict[str, Booked] = field(default_factory=dict)
    will: tuple[str, str] = ("done", "arrives")
    silent: bool = False
    """Nobody answers questions."""
    faults: list[str] = field(default_factory=list)
    """What the engine did that it must not do: an exception in a call would only be an unknown answer."""

    def start_anew(self) -> None:
        """Nothing was ever sent."""
        self.well()
        self.books, self.faults = {}, []

    def well(self) -> None:
        """From now on nothing goes wrong."""
        self.refuse, self.breaks = set(), {}
        self.will, self.silent = ("done", "arrives"), False

    def search_catches_up(self) -> None:
        for booked in self.books.values():
            booked.seen = True

    def customers_act(self, answer: str) -> bool:
        """Whoever was waited for does it, or lets it be. False if nobody was."""
        waiting = [booked for booked in self.books.values() if booked.answer == "waits"]
        for booked in waiting:
            booked.decide(answer)
        return bool(waiting)

    def book(self, key: str, refusable: bool) -> Booked:
        """Does it once for each key it remembers."""
        there = self.books.get(key)
        if there and not there.forgotten:
            return there
        there = self.books.setdefault(key, Booked("", refusable))
        there.seen = there.forgotten = False
        there.decide(self.will[0])
        return there


def outside(world: Fickle, name: str, watch: Engine, refusals: tuple[type[No], ...] = ()) -> External:
    """A call to the provider; `watch` is a connection of the test's own, that nobody stops."""

    def intend(tx: Tx, key: str) -> Done | None:
        world.trouble(f"mean {name}")
        tx.execute(text("INSERT INTO toy_effects (what) VALUES (:what)"), {"what": f"mean {name}"})
        return None

    def send(call: Call, key: str) -> Done | Waiting:
        puppet = world.strings.pulled()
        _look_twice(world, puppet, key, watch)
        world.strings.stop("before it sends")
        fate = world.will[1]
        if fate == "never arrives":
            raise ConnectionError("cut before")
        booked = world.book(key, bool(refusals))
        world.strings.stop("has sent")
        if fate == "is lost":
            raise ConnectionError("cut after")
        return _heard(booked)

    def ask(call: Call, key: str) -> Done | NoTrace | Waiting:
        world.strings.stop("before it asks")
        if puppet := world.strings.pulled():
            puppet.asked.add(key)
        if world.silent:
            raise Unknown("no answer")
        booked = world.books.get(key)
        return _heard(booked) if booked and booked.seen else NoTrace(settled=False)

    def record(tx: Tx, key: str, answer: Any) -> None:
        if isinstance(answer, Done):
            tx.execute(text("INSERT INTO toy_effects (what) VALUES (:what)"), {"what": name})

    return External(name, Definition("toy", f"{name} is done", refusals), intend, send, ask, record)


def _heard(booked: Booked) -> Done | Waiting:
    if booked.answer == "no":
        raise No
    return Done({}) if booked.answer == "done" else Waiting(datetime.now(UTC) + timedelta(days=1))


def _look_twice(world: Fickle, puppet: Puppet | None, key: str, watch: Engine) -> None:
    """Before anything is sent: its intent is committed, and who has not committed it just now has asked."""
    with watch.connect() as connection:
        row = connection.execute(
            text("SELECT first_sent_at < now() - interval '23 hours' AS old FROM saga_calls WHERE key = :key"),
            {"key": key},
        ).one_or_none()
    if row is None:
        world.faults.append(f"I7: {key} is sent without an intent")
    elif row.old:
        world.faults.append(f"I7: {key} is sent again when the provider may have forgotten it")
    if puppet and key not in puppet.meant | puppet.asked:
        world.faults.append(f"I7: {puppet.name} sends {key} again without asking")


def table(world: Fickle, watch: Engine) -> Saga:
    """Every kind of step, and a second call behind the pivot."""

    def do(name: str, *refusals: type[Refusal]) -> Callable[..., Any]:
        return write(world, name, refusals)

    steps = (
        Step("look", SYNC, do("look"), None, READ),
        Step("first", ASYNC, do("first", No), erase(world, "first"), COMPENSATABLE),
        Step("second", ASYNC, do("second", No), erase(world, "second"), COMPENSATABLE),
        Step("charge", SYNC, outside(world, "charge", watch, (No,)), None, PIVOT),
        Step("third", ASYNC, do("third"), None, RETRYABLE),
        Step("tell", ASYNC, outside(world, "tell", watch), None, RETRYABLE),
    )
    return Saga("toy", 1, Command, steps, deadline=3600.0)
